#include <startgate/client_certificate.hpp>

#include <gtest/gtest.h>

namespace {

using namespace startgate;

TEST(client_certificate, distinguished_names_have_one_spelling) {
  EXPECT_EQ(normal_distinguished_name("cn=client one , o = Acme\\, Inc. ,c=SE"), "CN=client one,O=Acme\\, Inc.,C=SE");
  EXPECT_EQ(normal_distinguished_name("CN=a=b + OU=x"), "CN=a=b+OU=x");
  EXPECT_EQ(normal_distinguished_name("CN=ends in a blank\\  "), "CN=ends in a blank\\ ");
  EXPECT_EQ(normal_distinguished_name(""), "");
}

TEST(client_certificate, rfc8705_2_1_2_compares_exactly_the_registered_field) {
  client_certificate c;
  c.subject_dn = "CN=app";
  c.san_dns = {"one.example", "two.example"};
  using field = certificate_subject::field;
  EXPECT_TRUE(has_subject(c, {field::dn, "CN=app"}));
  EXPECT_FALSE(has_subject(c, {field::dn, "CN=App"}));
  EXPECT_TRUE(has_subject(c, {field::san_dns, "two.example"}));
  EXPECT_TRUE(has_subject(c, {field::san_dns, "TWO.Example"}));
  for (const auto other : {field::san_uri, field::san_ip, field::san_email, field::dn})
    EXPECT_FALSE(has_subject(c, {other, "two.example"}));
}

TEST(client_certificate, an_address_is_compared_by_value) {
  client_certificate c;
  c.san_ip = {"2001:db8::1"};
  EXPECT_TRUE(has_subject(c, {certificate_subject::field::san_ip, "2001:DB8:0::1"}));
  for (const char* other : {"2001:db8::2", "x", "192.0.2.1"})
    EXPECT_FALSE(has_subject(c, {certificate_subject::field::san_ip, other}));
}

// CVE-2023-2422 in Keycloak had an empty DN match any certificate.
TEST(client_certificate, cve_2023_2422_an_empty_subject_matches_nobody) {
  EXPECT_FALSE(has_subject(client_certificate{}, {certificate_subject::field::dn, ""}));
  EXPECT_FALSE(has_subject(client_certificate{}, {certificate_subject::field::dn, " "}));
}

}  // namespace
