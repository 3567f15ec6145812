#include <startgate/ignored_headers.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using startgate::configured_header;
using startgate::header;

std::string ignored(configured_header forwarding, configured_header application) {
  const header headers[] = {{"host", "a"},
                            {"X-Real-IP", "6.6.6.6"},
                            {"x-forwarded-for", "198.51.100.7"},
                            {"Forwarded", "for=6.6.6.6"},
                            {"auth0-forwarded-for", "6.6.6.6"},
                            {"X-Caller", "6.6.6.6"}};
  std::string names;
  startgate::for_each_ignored_header(headers, forwarding, application,
                                     [&](const header& h) { names += std::string(h.name) + ' '; });
  return names;
}

TEST(ignored_headers, are_those_that_claim_a_caller_and_were_not_read) {
  EXPECT_EQ(ignored({"x-forwarded-for", true}, {"auth0-forwarded-for", true}), "X-Real-IP Forwarded ");
  EXPECT_EQ(ignored({"forwarded", true}, {"auth0-forwarded-for", false}), "X-Real-IP x-forwarded-for auth0-forwarded-for ");
}

TEST(ignored_headers, hold_the_configured_ones_too_where_they_had_no_say) {
  EXPECT_EQ(ignored({"x-forwarded-for", false}, {"x-caller", false}),
            "X-Real-IP x-forwarded-for Forwarded auth0-forwarded-for X-Caller ");
  EXPECT_EQ(ignored({"x-caller", true}, {"auth0-forwarded-for", true}), "X-Real-IP x-forwarded-for Forwarded ");
}

TEST(ignored_headers, one_name_for_both_purposes_is_read_where_either_reads_it) {
  EXPECT_EQ(ignored({"x-caller", false}, {"x-caller", true}), "X-Real-IP x-forwarded-for Forwarded auth0-forwarded-for ");
}

TEST(ignored_headers, are_known_as_other_software_writes_them) {
  for (const char* name : {"X-Forwarded", "x-envoy-external-address", "CF-Connecting-IP", "True-Client-IP", "Fly-Client-IP",
                           "X-Azure-ClientIP", "Client-IP", "X-Vercel-Forwarded-For"}) {
    const header one[] = {{name, "6.6.6.6"}};
    int seen = 0;
    startgate::for_each_ignored_header(one, {"x-forwarded-for", true}, {"auth0-forwarded-for", true},
                                       [&](const header&) { ++seen; });
    EXPECT_EQ(seen, 1) << name;
  }
}

}  // namespace
