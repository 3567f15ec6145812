#include <startgate/special_address.hpp>

#include <gtest/gtest.h>

namespace {

using startgate::is_global;
using startgate::parse_address;

TEST(special_address, an_end_user_is_not_at_a_loopback_private_or_reserved_address) {
  for (const char* text : {"127.0.0.1",
                           "10.1.2.3",
                           "172.31.0.1",
                           "192.168.1.1",
                           "100.100.0.1",
                           "169.254.1.1",
                           "0.0.0.0",
                           "255.255.255.255",
                           "::1",
                           "::",
                           "fe80::1",
                           "fd00::1",
                           "ff02::1",
                           "64:ff9b::1.2.3.4",
                           "64:ff9b:1::1.2.3.4",
                           "192.88.99.1",
                           "2001::1",
                           "2001:2::1",
                           "2001:1ff:ffff::1",
                           "2002:c000:201::1",
                           "5f00::1"})
    EXPECT_FALSE(is_global(*parse_address(text))) << text;
  for (const char* text : {"1.1.1.1", "172.32.0.1", "100.128.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
                           "::ffff:1.1.1.1", "203.0.113.9", "2001:db8::1", "2001:200::1", "2003::1", "192.88.98.1"})
    EXPECT_TRUE(is_global(*parse_address(text))) << text;
}

// Node's ip and Go's netip asked the mapped spelling of an address and were told that it is public.
TEST(special_address, cve_2024_24790_cve_2024_29415_a_mapped_private_address_is_private) {
  for (const char* text : {"::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:a00:1", "::FFFF:192.168.1.1", "::ffff:169.254.1.1",
                           "0:0:0:0:0:ffff:7f00:1", "::ffff:0.0.0.0"})
    EXPECT_FALSE(is_global(*parse_address(text))) << text;
}

}  // namespace
