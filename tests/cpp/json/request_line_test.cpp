#include <startgate/json/request_line.hpp>

#include <startgate/json/body.hpp>

#include <gtest/gtest.h>

namespace {

using namespace startgate;
using startgate::json::read_body;
using startgate::json::read_request_line;

TEST(request_line, keeps_headers_in_order_and_the_body_as_it_stands) {
  const auto line = read_request_line(
      R"({"id":"r1","at":"2026-11-24T10:00:00.000Z","peer":"203.0.113.9","headers":[["a","1"],["A","2"]],"body":{"email" : "x", "n": [1, 2]}})");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->id, "r1");
  EXPECT_EQ(line->headers.size(), 2U);
  EXPECT_EQ(line->body, R"({"email" : "x", "n": [1, 2]})");
}

TEST(request_line, a_body_may_be_text_or_bytes_or_not_observable) {
  EXPECT_EQ(read_request_line(R"({"body":"{\"a\":1}"})")->body, R"({"a":1})");
  EXPECT_EQ(read_request_line(R"({"body_base64":"/w=="})")->body, "\xFF");
  EXPECT_EQ(read_request_line(R"({"body":null})")->body, std::nullopt);
  EXPECT_EQ(read_request_line(R"({})")->body, std::nullopt);
}

TEST(request_line, leaves_faults_of_the_body_to_the_body) {
  const auto line = read_request_line(R"({"id":"r","body":{"client_id":"a","client_id":"b"}})");
  ASSERT_TRUE(line);
  EXPECT_EQ(read_body(*line->body, 16384).error(), reason::request_duplicate_member);
  EXPECT_EQ(read_body(*read_request_line(R"({"body":17})")->body, 16384).error(), reason::request_not_an_object);
}

// A header value is bytes, and whoever sends them must not be able to hide the line they are recorded in.
TEST(request_line, cve_2024_47070_no_bytes_in_a_header_make_the_line_unreadable) {
  const auto raw = read_request_line("{\"peer\":\"203.0.113.9\",\"headers\":[[\"user-agent\",\"\xff\xc0\x80\"]]}");
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->headers[0].second, "\xff\xc0\x80");
  const auto half = read_request_line(R"({"peer":"203.0.113.9","headers":[["user-agent","\ud800x"]]})");
  ASSERT_TRUE(half);
  EXPECT_EQ(half->headers[0].second, "\xef\xbf\xbdx");
  const auto body = read_request_line("{\"body\":{\"email\":\"\xff\"}}");
  ASSERT_TRUE(body);
  EXPECT_EQ(read_body(*body->body, 16384).error(), reason::request_malformed) << "a body is judged as strictly as ever";
  EXPECT_FALSE(read_request_line("{\"headers\":[[\"a\",\"\x01\"]]}"));
}

TEST(request_line, refuses_what_is_no_request) {
  for (const char* text :
       {"", "[]", "{", R"({"id":1})", R"({"at":"yesterday"})", R"({"headers":{"a":"b"}})", R"({"headers":[["a"]]})",
        R"({"body_base64":"*"})", R"({"body_base64":"e30=","body":"{}"})", R"({"id":"a","id":"b"})", R"({"peer":1})"})
    EXPECT_FALSE(read_request_line(text)) << text;
}

TEST(body, names_what_is_wrong_with_the_bytes) {
  EXPECT_EQ(read_body("[]", 100).error(), reason::request_not_an_object);
  EXPECT_EQ(read_body("{", 100).error(), reason::request_malformed);
  EXPECT_EQ(read_body("{\"a\":\"\xFF\"}", 100).error(), reason::request_malformed);
  EXPECT_EQ(read_body(R"({"authParams":{"state":"a","st\u0061te":"b"}})", 100).error(), reason::request_duplicate_member);
  EXPECT_EQ(read_body(std::string(101, ' '), 100).error(), reason::request_too_large);
  EXPECT_EQ(read_body(R"({"a":)" + std::string(16, '[') + std::string(16, ']') + "}", 100).error(), reason::request_too_deep);
}

TEST(body, keeps_absent_null_empty_and_wrongly_typed_apart) {
  const auto b = read_body(R"({"client_id":"c","email":null,"send":"","client_secret":7,"authParams":{"state":"s"}})", 1000);
  ASSERT_TRUE(b);
  const start_members m = b->members();
  EXPECT_EQ(m.client_id.text, "c");
  EXPECT_EQ(m.email.is, member::presence::null);
  EXPECT_EQ(m.send.is, member::presence::text);
  EXPECT_TRUE(m.send.omitted());
  EXPECT_TRUE(m.client_secret.wrong());
  EXPECT_EQ(m.phone_number.is, member::presence::absent);
  EXPECT_EQ(m.auth_params_state.text, "s");
}

}  // namespace
