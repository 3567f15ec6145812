// GET /api/v2/logs as the Management API has it: by page (newest first) with `q`, or by checkpoint (`from` and `take`, oldest first).
// A parameter that is not understood is refused, so that nobody takes an unfiltered list for a filtered one.
#pragma once

#include "log_book.hpp"
#include "target.hpp"

#include <startgate/log/query.hpp>
#include <startgate/log/query_parser.hpp>
#include <startgate/result.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace startgate::http {

struct log_search {
  log::query query;
  std::size_t page = 0;
  std::size_t per_page = 50;
  bool oldest_first = false;
  bool include_totals = false;
  std::optional<std::string> from;  // by checkpoint: the last record that the caller has
};

struct log_page {
  std::string body;
  std::string_view last_id;  // by checkpoint: where the next page goes on; empty at the end
};

namespace detail {

inline constexpr std::array<std::string_view, 7> log_parameters{"q",    "page", "per_page", "sort", "include_totals",
                                                                "from", "take"};

inline std::optional<std::size_t> whole_number(std::string_view text, std::size_t most) noexcept {
  std::size_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || fault != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

inline std::optional<std::string> read_paging(const target& t, log_search& out) {
  const std::string_view count = t.has("take") ? "take" : "per_page";
  if (t.has("page")) {
    const auto page = whole_number(t["page"], 100'000);
    if (!page) return "page must be a whole number from 0";
    out.page = *page;
  }
  if (t.has(count)) {
    const auto per_page = whole_number(t[count], 100);
    if (!per_page || *per_page == 0) return std::string(count) + " must be a whole number from 1 to 100";
    out.per_page = *per_page;
  }
  if (const std::string_view sort = t["sort"]; t.has("sort")) {
    if (sort != "date:1" && sort != "date:-1") return "sort must be date:1 or date:-1";
    out.oldest_first = sort == "date:1";
  }
  if (const std::string_view totals = t["include_totals"]; t.has("include_totals")) {
    if (totals != "true" && totals != "false") return "include_totals must be true or false";
    out.include_totals = totals == "true";
  }
  return std::nullopt;
}

inline std::string as_array(const std::vector<const kept_record*>& records) {
  std::string out = "[";
  for (const kept_record* r : records) out.append(out.size() > 1 ? "," : "").append(r->line);
  return out + "]";
}

}  // namespace detail

inline result<log_search, std::string> read_log_search(const target& t) {
  log_search out;
  for (const auto& [name, value] : t.query)
    if (std::find(detail::log_parameters.begin(), detail::log_parameters.end(), name) == detail::log_parameters.end())
      return unexpected{std::string("only q, page, per_page, sort, include_totals, from and take are known here")};
  const bool by_checkpoint = t.has("from") || t.has("take");
  if (by_checkpoint && t.query.size() != std::size_t{t.has("from")} + t.has("take"))
    return unexpected{std::string("from and take go with no other parameter")};
  if (auto fault = detail::read_paging(t, out)) return unexpected{std::move(*fault)};
  if (by_checkpoint) out.from = std::string(t["from"]);
  auto query = log::parse_query(t["q"]);
  if (!query) return unexpected{"q, character " + std::to_string(query.error().position) + ": " + query.error().message};
  out.query = std::move(*query);
  return out;
}

// The records after the checkpoint, which need not be there any more.
inline log_page page_after(const log_book& book, std::string_view from, std::size_t take) {
  std::vector<const kept_record*> chosen;
  log_page out;
  for (const kept_record& r : book.records()) {
    if (r.id() <= from) continue;
    if (chosen.size() == take) {
      out.last_id = chosen.back()->id();
      break;
    }
    chosen.push_back(&r);
  }
  out.body = detail::as_array(chosen);
  return out;
}

inline log_page search_page(const log_book& book, const log_search& search) {
  std::vector<const kept_record*> found;
  for (const kept_record& r : book.records())
    if (search.query.matches(r)) found.push_back(&r);
  if (!search.oldest_first) std::reverse(found.begin(), found.end());
  const std::size_t total = found.size(), start = std::min(search.page * search.per_page, total);
  const std::size_t end = std::min(start + search.per_page, total);
  const std::string logs =
      detail::as_array({found.begin() + static_cast<std::ptrdiff_t>(start), found.begin() + static_cast<std::ptrdiff_t>(end)});
  if (!search.include_totals) return {logs, {}};
  return {"{\"start\":" + std::to_string(start) + ",\"limit\":" + std::to_string(search.per_page) +
              ",\"length\":" + std::to_string(end - start) + ",\"total\":" + std::to_string(total) + ",\"logs\":" + logs + "}",
          {}};
}

}  // namespace startgate::http
