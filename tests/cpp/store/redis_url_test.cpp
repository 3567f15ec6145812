#include <startgate/store/redis_url.hpp>

#include <gtest/gtest.h>

namespace {

using startgate::store::parse_redis_url;

TEST(redis_url, reads_every_part) {
  const auto url = parse_redis_url("rediss://gate:p%40ss%3A@cache.example:6380/2");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->user, "gate");
  EXPECT_EQ(url->password, "p@ss:");
  EXPECT_EQ(url->host, "cache.example");
  EXPECT_EQ(url->port, 6380);
  EXPECT_EQ(url->database, 2U);
}

TEST(redis_url, fills_in_what_is_left_out) {
  for (const char* text : {"redis://", "redis://127.0.0.1", "redis://127.0.0.1:6379", "redis://:6379/", "redis:///0"}) {
    const auto url = parse_redis_url(text);
    ASSERT_TRUE(url) << text;
    EXPECT_EQ(url->host, "127.0.0.1");
    EXPECT_EQ(url->port, 6379);
    EXPECT_FALSE(url->tls);
  }
}

TEST(redis_url, takes_an_ipv6_host_in_brackets) {
  EXPECT_EQ(parse_redis_url("redis://[::1]:7000")->host, "::1");
  EXPECT_EQ(parse_redis_url("redis://[::1]:7000")->port, 7000);
  EXPECT_EQ(parse_redis_url("redis://[::1]")->host, "::1");
}

TEST(redis_url, takes_a_password_alone) {
  EXPECT_EQ(parse_redis_url("redis://:word@host")->password, "word");
  EXPECT_EQ(parse_redis_url("redis://:word@host")->user, "");
}

TEST(redis_url, names_a_local_socket) {
  EXPECT_EQ(parse_redis_url("unix:/run/redis.sock")->path, "/run/redis.sock");
  EXPECT_EQ(parse_redis_url("unix:///run/redis.sock?db=3")->path, "/run/redis.sock");
  EXPECT_EQ(parse_redis_url("unix:///run/redis.sock?db=3")->database, 3U);
}

TEST(redis_url, refuses_what_it_does_not_understand) {
  for (const char* text : {"", "localhost", "http://localhost", "redis:localhost", "redis://host:0", "redis://host:65536",
                           "redis://host:", "redis://host:6379x", "redis://host/x", "redis://[::1", "redis://[::1]x:1",
                           "redis://u%4@host", "redis://u%zz@host", "unix:", "unix:relative", "unix:/a?db=x"})
    EXPECT_FALSE(parse_redis_url(text)) << text;
}

}  // namespace
