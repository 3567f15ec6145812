#include <startgate/start_request.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;
using presence = member::presence;

start_members by_email() {
  start_members m;
  m.client_id = std::string_view("app");
  m.connection = std::string_view("email");
  m.email = std::string_view("ada@example.com");
  return m;
}

start_members by_sms() {
  start_members m;
  m.client_id = std::string_view("app");
  m.connection = std::string_view("sms");
  m.phone_number = std::string_view("+15550100");
  return m;
}

reason fault_of(const start_members& m, bool named_elsewhere = false) {
  const auto read = read_start_request(m, named_elsewhere);
  return read ? reason::none : read.error();
}

TEST(start_request, reads_what_was_asked) {
  const auto mail = read_start_request(by_email(), false);
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->recipient, "ada@example.com");
  EXPECT_EQ(mail->send, delivery::link);
  const auto text = read_start_request(by_sms(), false);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->recipient, "+15550100");
  EXPECT_EQ(text->send, delivery::code);
}

TEST(start_request, the_first_fault_in_the_settled_order_wins) {
  start_members m;
  m.auth_params_wrong_type = true;
  EXPECT_EQ(fault_of(m), reason::request_client_id_missing);
  m.client_id = std::string_view("app");
  EXPECT_EQ(fault_of(m), reason::request_connection_missing);
  m.connection = std::string_view("email");
  m.send = std::string_view("pigeon");
  EXPECT_EQ(fault_of(m), reason::request_email_missing);
  m.email = std::string_view("ada@example.com");
  EXPECT_EQ(fault_of(m), reason::request_send_invalid);
  m.send = presence::null;
  EXPECT_EQ(fault_of(m), reason::request_auth_params_invalid);
  m.auth_params_wrong_type = false;
  EXPECT_EQ(fault_of(m), reason::none);
}

TEST(start_request, the_application_may_be_named_by_a_header_or_an_assertion) {
  start_members m = by_email();
  m.client_id = {};
  EXPECT_EQ(fault_of(m, false), reason::request_client_id_missing);
  EXPECT_EQ(fault_of(m, true), reason::none);
}

TEST(start_request, cve_2023_7028_one_recipient_and_only_the_connections_own) {
  start_members m = by_email();
  m.email = presence::wrong_type;  // an array, say
  EXPECT_EQ(fault_of(m), reason::request_email_invalid);
  m = by_email();
  m.phone_number = std::string_view("+15550100");
  EXPECT_EQ(fault_of(m), reason::request_phone_number_not_expected);
  m.phone_number = presence::null;
  EXPECT_EQ(fault_of(m), reason::none);
  m = by_sms();
  m.email = std::string_view("ada@example.com");
  EXPECT_EQ(fault_of(m), reason::request_email_not_expected);
}

TEST(start_request, a_link_cannot_go_out_by_sms) {
  start_members m = by_sms();
  m.send = std::string_view("link");
  EXPECT_EQ(fault_of(m), reason::request_send_invalid);
  m.send = std::string_view("code");
  EXPECT_EQ(fault_of(m), reason::none);
  m = by_email();
  for (const char* send : {"link", "code", "link_ios", "link_android", ""}) {
    m.send = std::string_view(send);
    EXPECT_EQ(fault_of(m), reason::none) << send;
  }
}

TEST(start_request, a_credential_of_the_wrong_type_is_a_malformed_request) {
  for (member start_members::*credential : {&start_members::client_secret, &start_members::client_assertion,
                                            &start_members::client_assertion_type, &start_members::top_level_state}) {
    start_members m = by_email();
    m.*credential = presence::wrong_type;
    EXPECT_EQ(fault_of(m), reason::request_wrong_type);
    m.*credential = presence::null;
    EXPECT_EQ(fault_of(m), reason::none);
  }
}

TEST(recipient, takes_addresses_as_browsers_do) {
  for (const char* ok : {"a@b", "ada@example.com", "o'brien+tag@mail.example",
                         "j\xC3\xB6rg@b\xC3\xBC"
                         "cher.example"})
    EXPECT_TRUE(is_email_address(ok)) << ok;
  for (const std::string bad : {"", "@", "a@", "@b", "a b@c", "a@b c", "a@-b", "a@b-", "a@b..c", "a@b.", "a@@b", "a@b@c",
                                "\"a\"@b", "a@[::1]", "a@b\n", "a\r\nBcc: x@y", "a<b@c",
                                "a@b\xE2\x80\xAE"
                                "c",
                                "a@\xFF"})
    EXPECT_FALSE(is_email_address(bad)) << bad;
  EXPECT_TRUE(is_email_address(std::string(252, 'a') + "@b"));
  EXPECT_FALSE(is_email_address(std::string(253, 'a') + "@b"));
  EXPECT_TRUE(is_email_address("a@" + std::string(63, 'b')));
  EXPECT_FALSE(is_email_address("a@" + std::string(64, 'b')));
}

TEST(recipient, takes_phone_numbers_in_E_164) {
  for (const char* ok : {"+1", "+15550100", "+123456789012345"}) EXPECT_TRUE(is_phone_number(ok)) << ok;
  for (const char* bad : {"", "+", "1", "+1234567890123456", "+1 555", "00155", "+1a"}) EXPECT_FALSE(is_phone_number(bad)) << bad;
}

}  // namespace
