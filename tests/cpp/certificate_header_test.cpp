#include <startgate/certificate_header.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace {

using namespace startgate;
using enum certificate_header_format;

struct given {
  given(std::string value, certificate_header_format format)
      : text(std::move(value)),
        lines{{"X-Client-Cert", text}},
        certificate(std::make_unique<header_certificate>(lines, "x-client-cert", format)) {}
  std::string text;
  std::vector<header> lines;
  std::unique_ptr<header_certificate> certificate;
};

TEST(certificate_header, reads_nginx_percent_encoded_pem) {
  const given g("-----BEGIN%20CERTIFICATE-----%0AMII+%2B%2F%3D%0A", nginx);
  EXPECT_EQ(g.certificate->bytes(), "-----BEGIN CERTIFICATE-----\nMII++/=\n");
}

TEST(certificate_header, reads_rfc9440_byte_sequences) {
  EXPECT_EQ(given(":MIIB:", rfc9440).certificate->bytes(), "\x30\x82\x01");
}

TEST(certificate_header, reads_the_cert_of_an_xfcc_element) {
  const given g(
      R"(By=spiffe://a/b;Hash=468ed33be74eee6556d90c0149c1309e;Cert="-----BEGIN%20X";Subject="CN=a\",b;c=d";URI=http://x)", xfcc);
  EXPECT_FALSE(g.certificate->unreadable());
  EXPECT_EQ(g.certificate->bytes(), "-----BEGIN X");
}

TEST(certificate_header, no_header_and_an_empty_one_are_no_certificate) {
  for (const auto format : {nginx, rfc9440, xfcc}) {
    EXPECT_TRUE(given("", format).certificate->bytes().empty());
    EXPECT_FALSE(given("", format).certificate->unreadable());
  }
  const header_certificate none({}, "x-client-cert", nginx);
  EXPECT_TRUE(none.bytes().empty() && !none.unreadable());
}

TEST(certificate_header, what_is_not_in_the_agreed_form_is_unreadable) {
  const auto unreadable = [](std::string value, certificate_header_format format) {
    const given g(std::move(value), format);
    return g.certificate->unreadable() && g.certificate->bytes().empty();
  };
  for (const char* text : {"%", "%zz", "abc%0"}) EXPECT_TRUE(unreadable(text, nginx)) << text;
  EXPECT_TRUE(unreadable(std::string(header_certificate::max_bytes + 1, 'a'), nginx));
  for (const char* text : {":", "::", "MIIB", ":MIIB", ":MII:", ":MI B:", ":MIIB:;a=1"})
    EXPECT_TRUE(unreadable(text, rfc9440)) << text;
  for (const char* text :
       {"Cert", "By=a", "Cert=\"unclosed", "Cert=bare", "Cert=\"a\";Cert=\"b\"", "Cert=\"\"", "Cert=\"a\\", "Cert=\"a\"x"})
    EXPECT_TRUE(unreadable(text, xfcc)) << text;
}

// Which of several proxies' elements to believe cannot be told.
TEST(certificate_header, two_xfcc_elements_are_unreadable) {
  EXPECT_TRUE(given(R"(Cert="a",Cert="b")", xfcc).certificate->unreadable());
  EXPECT_TRUE(given(R"(By=x,By=y;Cert="b")", xfcc).certificate->unreadable());
  for (const char* two : {R"(Chain="victim";x,By=x;Hash=y;Cert="own")", R"(Cert="victim";x,By=x;Hash=y;Subject="own")",
                          R"(Cert="victim";,By=x)", R"(Cert="victim"; ,By=x)", R"(Cert="victim";By,By=x;Cert="own")"})
    EXPECT_TRUE(given(two, xfcc).certificate->unreadable()) << two;
}

TEST(certificate_header, two_header_lines_are_unreadable) {
  const std::vector<header> lines{{"x-client-cert", ":MIIB:"}, {"X-Client-Cert", ":MIIB:"}};
  EXPECT_TRUE(header_certificate(lines, "x-client-cert", rfc9440).unreadable());
}

}  // namespace
