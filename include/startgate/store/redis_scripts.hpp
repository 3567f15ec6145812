// What the shared store runs, each in one step: the rule of rate.hpp in whole microseconds (Lua's numbers are exact to 2^53, which
// nanoseconds since 1970 exceed). A value is the theoretical arrival time and expires when its bucket is full again. The scripts
// decide and keep; what the caller is told is computed from the debt by rate.hpp itself, so that there is one set of numbers.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace startgate::store {

enum class redis_script : std::size_t { take, refund, remember, born };

inline constexpr std::size_t redis_scripts = 4;

// ARGV[1] is the caller's time, or 0 for the server's. Expiry is always in the server's, so a caller's bucket is kept a day longer.
#define STARTGATE_LUA_CLOCK                         \
  "local now, slack = tonumber(ARGV[1]), 86400000 " \
  "if now == 0 then local t = redis.call('TIME') now, slack = t[1] * 1000000 + t[2], 0 end "

// keep(key, debt): stored until it is paid off, or not at all.
#define STARTGATE_LUA_KEEP                                                                                                       \
  "local function keep(key, debt) "                                                                                              \
  "  if debt > 0 then redis.call('SET', key, now + debt, 'PX', math.ceil(debt / 1000) + slack) else redis.call('DEL', key) end " \
  "end "

inline constexpr std::array<std::string_view, redis_scripts> redis_script_texts{
    // KEYS: buckets. ARGV: time, 1 to spend or 0 to look, then window and price of each: the interval times burst and times cost.
    // Answers the time and for each bucket its debt before this charge, or -1 less that debt where it refuses. Where any refuses,
    // a bucket that stands twice answers both times with the debt before the call.
    STARTGATE_LUA_CLOCK STARTGATE_LUA_KEEP
    "local after, answer, all = {}, {now}, true "
    "for i, key in ipairs(KEYS) do "
    "  local window, price = ARGV[2 * i + 1] + 0, ARGV[2 * i + 2] + 0 "
    "  local debt = after[key] or math.max((redis.call('GET', key) or 0) - now, 0) "
    "  if debt > window then "
    "    debt = window "
    "    if not after[key] then keep(key, debt) end "
    "  end "
    "  if debt + price <= window then "
    "    answer[i + 1], after[key] = debt, debt + price "
    "  else "
    "    answer[i + 1], all = -1 - debt, false "
    "  end "
    "end "
    "if not all then "
    "  local first = {} "
    "  for i, key in ipairs(KEYS) do "
    "    if answer[i + 1] >= 0 then first[key] = first[key] or answer[i + 1] answer[i + 1] = first[key] end "
    "  end "
    "elseif ARGV[2] == '1' then "
    "  for key, debt in pairs(after) do if debt > 0 then keep(key, debt) end end "  // a full one counts again if the clock goes back
    "end "
    "return answer",

    // KEYS: buckets. ARGV: time, then window and price of each.
    STARTGATE_LUA_CLOCK STARTGATE_LUA_KEEP
    "for i, key in ipairs(KEYS) do "
    "  local window, price = ARGV[2 * i] + 0, ARGV[2 * i + 1] + 0 "
    "  keep(key, math.min((redis.call('GET', key) or 0) - now, window) - math.min(price, window)) "
    "end "
    "return now",

    // KEYS: assertion, share of its client. ARGV: time, how long to remember the assertion, interval and burst of the share. Answers
    // 0 fresh, 1 replayed, 2 full.
    STARTGATE_LUA_CLOCK STARTGATE_LUA_KEEP
    "local seen = tonumber(redis.call('GET', KEYS[1]) or 0) "
    "if seen > now then return 1 end "
    "local lifetime = tonumber(ARGV[2]) "
    "if lifetime <= 0 then return 1 end "
    "local interval, window = tonumber(ARGV[3]), tonumber(ARGV[3]) * tonumber(ARGV[4]) "
    "local debt = math.min(math.max(tonumber(redis.call('GET', KEYS[2]) or 0) - now, 0), window) "
    "if debt + interval > window then return 2 end "
    "keep(KEYS[2], debt + interval) "
    "keep(KEYS[1], lifetime) "
    "return 0",

    // KEYS: a mark. ARGV: time. When this data began: another answer than before means that everything was lost in between.
    STARTGATE_LUA_CLOCK
    "local born = redis.call('GET', KEYS[1]) "
    "if not born then "
    "  born = string.format('%.0f', now) "
    "  redis.call('SET', KEYS[1], born) "
    "end "
    "return tonumber(born)",
};

#undef STARTGATE_LUA_CLOCK
#undef STARTGATE_LUA_KEEP

}  // namespace startgate::store
