// The Authentication API limit that a tenant's plan brings, as published: `burst` is the bucket, `count` per `period` refills it.
// Source: the rate limit configurations of auth0.com/docs (free, self-service, enterprise, and the private cloud tiers). A private cloud
// shares its limit among all tenants of the environment.
#pragma once

#include <startgate/instant.hpp>
#include <startgate/rate.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace startgate {

struct tenant_plan {
  std::string_view name;
  quota authentication_api;
};

namespace detail {

constexpr tenant_plan plan_of(std::string_view name, std::uint64_t count, duration period, std::uint64_t burst) {
  return {name, *quota::make(count, period, burst)};
}

}  // namespace detail

inline constexpr std::array tenant_plans{
    detail::plan_of("free", 300, minute, 300),
    detail::plan_of("essentials", 25, second, 25),
    detail::plan_of("professional", 25, second, 25),
    detail::plan_of("enterprise", 100, second, 100),
    detail::plan_of("enterprise_burst_2x", 100, second, 200),  // the burst add-ons: up to 48 hours a month
    detail::plan_of("enterprise_burst_3x", 100, second, 300),
    detail::plan_of("enterprise_burst_4x", 100, second, 400),
    detail::plan_of("private_cloud_dev", 20, second, 20),
    detail::plan_of("private_cloud_basic", 100, second, 100),
    detail::plan_of("private_cloud_500", 500, second, 500),
    detail::plan_of("private_cloud_1500", 1'500, second, 1'500),
    detail::plan_of("private_cloud_3000", 3'000, second, 3'000),
    detail::plan_of("private_cloud_6000", 6'000, second, 6'000),
    detail::plan_of("private_cloud_10000", 10'000, second, 10'000),
};

}  // namespace startgate
