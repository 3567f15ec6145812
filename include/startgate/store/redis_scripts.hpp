// What the shared store runs, each in one step: the rule of rate.hpp in whole microseconds (Lua's numbers are exact to 2^53, which
// nanoseconds since 1970 exceed). A value is the theoretical arrival time. The scripts decide and keep; what the caller
// is told is computed from the debt by rate.hpp itself, so that there is one set of numbers.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace startgate::store {

enum class redis_script : std::size_t { take, refund, remember, born };

inline constexpr std::size_t redis_scripts = 4;

// clock(text): sets `now` to the caller's time, or to the server's for '0'. Expiry is always in the server's and its milliseconds, so
// that everything is kept one of them longer, and what a caller's time counts a day.
// keep(key, debt): stored until a minute after it is paid off, or not at all. The minute lets a bucket that is in use take more
// without a new expiry each time.
#define STARTGATE_LUA_KEEP                                                                                       \
  "local now, slack, minute = nil, nil, 60000000 "                                                               \
  "local function clock(text) "                                                                                  \
  "  if text ~= '0' then now, slack = text + 0, 86400000 return end "                                            \
  "  local t = redis.call('TIME') "                                                                              \
  "  now, slack = t[1] * 1000000 + t[2], 1 "                                                                     \
  "end "                                                                                                         \
  "local function lifetime(debt) return math.ceil((debt + minute) / 1000) + slack end "                          \
  "local function keep(key, debt) "                                                                              \
  "  if debt > 0 then redis.call('SET', key, now + debt, 'PX', lifetime(debt)) else redis.call('DEL', key) end " \
  "end "

inline constexpr std::array<std::string_view, redis_scripts> redis_script_texts{
    // Many calls, each all or nothing. KEYS: the buckets of the first call, of the second, and so on. ARGV: for each kind of call how
    // many of it follow one another, their time, 1 to spend or 0 to look, how many buckets each has, and of each bucket window and
    // price: the interval times burst and times cost. Answers for each bucket its debt before this charge, or -1 less that debt where
    // it refuses, or an error where it cannot be read.
    //
    // A price is put on at once, which reads and writes a bucket in one command, and taken off again where the call is refused. `paid`
    // is the arrival of an empty bucket with the price on it, or false where nothing is to be put on.
    STARTGATE_LUA_KEEP
    "local call, try, kind, max = redis.call, redis.pcall, type, math.max "
    "local function take_off(key, price) if call('INCRBY', key, '-' .. price) <= now then call('DEL', key) end end "
    "local keys, answer, at, arg = KEYS, {}, 0, 1 "
    "while ARGV[arg] do "
    "  local calls, spend, size = ARGV[arg] + 0, ARGV[arg + 2] == '1', ARGV[arg + 3] + 0 "
    "  clock(ARGV[arg + 1]) "
    "  arg = arg + 4 "
    "  local window, price, text, paid = {}, {}, {}, {} "
    "  for i = 1, size do "
    "    text[i] = ARGV[arg + 1] "
    "    window[i], price[i] = ARGV[arg] + 0, text[i] + 0 "
    "    paid[i] = spend and price[i] > 0 and price[i] <= window[i] and now + price[i] "
    "    arg = arg + 2 "
    "  end "
    "  for _ = 1, calls do "
    "    local all = true "
    "    for i = 1, size do "
    "      local key, kept, owed = keys[at + i], nil, nil "
    "      if paid[i] then "
    "        kept = try('INCRBY', key, text[i]) "
    "        owed = kind(kept) ~= 'table' and kept - paid[i] "
    "      else "
    "        kept = try('GET', key) "
    "        local arrival = tonumber(kept or 0) "
    "        owed = arrival and max(arrival - now, 0) "
    "      end "
    "      if not owed then "
    "        answer[at + i], all = kind(kept) == 'table' and kept or {err = 'WRONGTYPE not a bucket'}, false "
    "      elseif owed > window[i] then "
    "        keep(key, window[i]) "
    "        answer[at + i] = window[i] "
    "        if price[i] > 0 then answer[at + i], all = -1 - window[i], false end "
    "      elseif owed + price[i] > window[i] then "
    "        if paid[i] then take_off(key, text[i]) end "
    "        answer[at + i], all = -1 - owed, false "
    "      elseif owed <= 0 then "
    "        if paid[i] then keep(key, price[i]) end "
    "        answer[at + i] = 0 "
    "      else "
    "        if paid[i] and kept % minute < price[i] then call('PEXPIRE', key, lifetime(owed + price[i])) end "
    "        answer[at + i] = owed "
    "      end "
    "    end "
    "    if not all then "
    "      for i = 1, size do "
    "        local was = answer[at + i] "
    "        if paid[i] and kind(was) == 'number' and was >= 0 then take_off(keys[at + i], text[i]) end "
    "      end "
    "    end "
    "    at = at + size "
    "  end "
    "end "
    "return answer",

    // KEYS: buckets. ARGV: time, then window and price of each.
    STARTGATE_LUA_KEEP
    "clock(ARGV[1]) "
    "for i, key in ipairs(KEYS) do "
    "  local window, price = ARGV[2 * i] + 0, ARGV[2 * i + 1] + 0 "
    "  keep(key, math.min((redis.call('GET', key) or 0) - now, window) - math.min(price, window)) "
    "end "
    "return now",

    // KEYS: assertion, share of its client. ARGV: time, how long to remember the assertion, interval and burst of the share. Answers
    // 0 fresh, 1 replayed, 2 full.
    STARTGATE_LUA_KEEP
    "clock(ARGV[1]) "
    "local seen = tonumber(redis.call('GET', KEYS[1]) or 0) "
    "if seen > now then return 1 end "
    "local lives = tonumber(ARGV[2]) "
    "if lives <= 0 then return 1 end "
    "local interval, window = tonumber(ARGV[3]), tonumber(ARGV[3]) * tonumber(ARGV[4]) "
    "local debt = math.min(math.max(tonumber(redis.call('GET', KEYS[2]) or 0) - now, 0), window) "
    "if debt + interval > window then return 2 end "
    "keep(KEYS[2], debt + interval) "
    "keep(KEYS[1], lives) "
    "return 0",

    // KEYS: a mark, a name that nothing has. ARGV: time. When this data began: another answer than before means that everything was
    // lost in between. Runs every command of the other scripts, so that whoever may not is told before anybody waits for an answer.
    STARTGATE_LUA_KEEP
    "clock(ARGV[1]) "
    "local call = redis.call "
    "local born = call('GET', KEYS[1]) "
    "if not born then "
    "  born = string.format('%.0f', now) "
    "  call('SET', KEYS[1], born) "
    "end "
    "call('INCRBY', KEYS[1], 0) call('DEL', KEYS[2]) call('PEXPIRE', KEYS[2], 1) "
    "return tonumber(born)",
};

#undef STARTGATE_LUA_KEEP

}  // namespace startgate::store
