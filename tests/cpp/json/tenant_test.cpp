#include <startgate/json/tenant.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;
using json::read_tenant;

std::string told(std::string_view text) {
  const auto read = read_tenant(text);
  return read ? "nothing" : read.error().describe("tenant.json");
}

TEST(tenant, the_toggle_is_on_off_or_not_stated) {
  EXPECT_EQ(read_tenant(R"({"flags": {"enforce_client_authentication_on_passwordless_start": true}})")->toggle, tenant_flag::on);
  EXPECT_EQ(read_tenant(R"({"flags": {"enforce_client_authentication_on_passwordless_start": false}})")->toggle,
            tenant_flag::off);
  for (const char* text : {"{}", R"({"flags": {}})", R"({"flags": null})",
                           R"({"flags": {"enforce_client_authentication_on_passwordless_start": null}})"})
    EXPECT_EQ(read_tenant(text)->toggle, tenant_flag::not_stated) << text;
}

TEST(tenant, a_toggle_that_may_not_be_changed_is_locked) {
  EXPECT_TRUE(read_tenant(R"({"flags": {"cannot_change_enforce_client_authentication_on_passwordless_start": true}})")->locked);
  EXPECT_FALSE(read_tenant("{}")->locked);
}

TEST(tenant, members_that_are_not_ours_are_passed_over) {
  EXPECT_EQ(told(R"({"friendly_name": "Acme", "flags": {"universal_login": 7}, "session_lifetime": "x"})"), "nothing");
}

TEST(tenant, a_mistake_is_told_in_one_line_that_names_file_line_member_and_remedy) {
  EXPECT_EQ(told("{\n\"flags\": {\n\"enforce_client_authentication_on_passwordless_start\": \"true\"}}"),
            "tenant.json:3: flags.enforce_client_authentication_on_passwordless_start: expected true or false");
  EXPECT_EQ(told("{\n\"flags\": []}"), "tenant.json:2: flags: expected an object");
  EXPECT_EQ(told("true"), "tenant.json:1: expected an object");
  EXPECT_EQ(told("{"), "tenant.json:1: not valid JSON in UTF-8");
  EXPECT_EQ(told("{\"flags\": {},\n\"flags\": {}}"), "tenant.json:2: flags: this member stands twice");
}

}  // namespace
