// Reads tenant logs for the plan: keeps sends and this feature's notices as small events (on disk where there are many), and of
// all other records only what says which time the log covers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <startgate/ip.hpp>
#include <startgate/json/log_reader.hpp>
#include <startgate/log/attribution.hpp>
#include <startgate/log/coverage.hpp>
#include <startgate/log/date.hpp>
#include <startgate/log/notice.hpp>
#include <startgate/log/plan_event.hpp>
#include <startgate/log/sdk.hpp>
#include <startgate/prefix.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace startgate::json {

// Texts by number, from 1 on; 0 is "none", also for what comes after `most` different ones.
class text_numbers {
 public:
  explicit text_numbers(std::size_t most) : most_(most) {}

  std::uint32_t number_of(std::string_view text) {
    if (text.empty()) return 0;
    if (const auto known = numbers_.find(text); known != numbers_.end()) return known->second;
    if (texts_.size() >= most_) return overflowed_ = true, 0U;
    texts_.push_back(&*numbers_.emplace(text, static_cast<std::uint32_t>(texts_.size() + 1)).first);
    return texts_.back()->second;
  }

  std::string_view text_of(std::uint32_t number) const noexcept {
    return number == 0 ? std::string_view{} : std::string_view{texts_[number - 1]->first};
  }
  bool overflowed() const noexcept { return overflowed_; }

 private:
  struct hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  std::size_t most_;
  std::unordered_map<std::string, std::uint32_t, hash, std::equal_to<>> numbers_;
  std::vector<const std::pair<const std::string, std::uint32_t>*> texts_;
  bool overflowed_ = false;
};

// Events holds what is kept, in any order: `bool add(const log::plan_event&)`. store::sorted_spill is one.
template <class Events>
class plan_scan {
 public:
  explicit plan_scan(Events events) : events_(std::move(events)) {}

  // False when an event could not be kept.
  template <class OnFault>
  bool feed(std::string_view bytes, bool last, OnFault&& on_fault) {
    const auto note = [&](log_fault f) {
      note_unread();
      on_fault(std::move(f));
    };
    reader_.feed(
        bytes, last, [&](const log_line& record) { add(record, note); }, note);
    return kept_;
  }

  // For what could not even be fed: the rest of a damaged file, say.
  void note_unread() noexcept { is_partly_unread_ = true; }
  bool is_partly_unread() const noexcept { return is_partly_unread_; }

  const log::coverage& coverage() const noexcept { return coverage_; }
  const std::vector<log::named_application>& subjects() const noexcept { return subjects_; }
  const text_numbers& addresses() const noexcept { return addresses_; }
  const text_numbers& sdks() const noexcept { return sdks_; }  // name, a blank and the version
  Events& events() noexcept { return events_; }

 private:
  template <class OnFault>
  void add(const log_line& record, const OnFault& on_fault) {
    const auto date = log::parse_date(record.get(log::field::date));
    if (!date) return on_fault(log_fault{reader_.line(), "expected a `date` such as `2026-11-24T10:00:00.000Z`"});
    if (date->end - date->begin > minute)
      return on_fault(log_fault{reader_.line(), "expected a `date` with its time: a day alone does not say what came first"});
    if (tenant_.empty()) tenant_ = record.tenant;
    if (!record.tenant.empty() && record.tenant != tenant_)
      return on_fault(log_fault{reader_.line(), "expected one tenant's records alone, but `tenant_name` is another than before"});
    const std::string_view type = record.get(log::field::type);
    coverage_.saw(date->begin, type);
    if (log::is_send(type)) return keep(record, date->begin, log::plan_event::kind::send);
    if (type != log::notice_type) return;
    const std::string_view description = record.get(log::field::description);
    if (log::is_notice_of_this_feature(type, description, record.feature_id, record.feature_name))
      return keep(record, date->begin, log::plan_event::kind::notice);
    if (log::may_be_of_any_feature(description, record.feature_id, record.feature_name))
      return keep(record, date->begin, log::plan_event::kind::notice, true);
    log::coverage::count(coverage_.other_notices,
                         record.feature_name.empty() ? description.substr(0, description.find(':')) : record.feature_name);
  }

  void keep(const log_line& record, instant at, log::plan_event::kind what, bool of_any_feature = false) {
    const std::string_view id = record.get(log::field::log_id);
    log::plan_event e;
    e.at = at;
    e.id = std::hash<std::string_view>{}(id.empty() ? record.text : id);
    e.what = what;
    e.may_be_another_features = of_any_feature;
    e.subject = subject_of(record.get(log::field::client_id), record.get(log::field::client_name));
    e.address = address_of(record.get(log::field::ip));
    e.sdk = sdk_of(record);
    e.look = log::look_of(record.state);
    e.state = std::hash<std::string_view>{}(record.state);
    e.from_browser = log::is_browser(record.get(log::field::user_agent));
    note_masked(record);
    kept_ = events_.add(e) && kept_;
  }

  std::uint32_t subject_of(std::string_view id, std::string_view name) {
    key_.assign(id).append(1, '\0').append(name);
    const auto [known, is_new] = subject_numbers_.emplace(key_, static_cast<std::uint32_t>(subjects_.size()));
    if (is_new) subjects_.push_back({std::string(id), std::string(name)});
    return known->second;
  }

  // An IPv6 customer is a /64. What is no address is a hashed one and stays as it is, still the same for the same caller; but of
  // many callers behind asterisks one must not be made.
  std::uint32_t address_of(std::string_view text) {
    const auto address = parse_address(text);
    if (!address) return text.find('*') == std::string_view::npos ? addresses_.number_of(text) : 0;
    if (address->is_v4()) return addresses_.number_of(print_address(*address).view());
    return addresses_.number_of(print_prefix(prefix::around(*address, 64)).view());
  }

  std::uint16_t sdk_of(const log_line& record) {
    if (record.sdk_name.empty()) return 0;
    key_.assign(record.sdk_name).append(1, ' ').append(record.sdk_version);
    return static_cast<std::uint16_t>(sdks_.number_of(key_));
  }

  void note_masked(const log_line& record) {
    const std::string_view ip = record.get(log::field::ip), recipient = record.get(log::field::user_name);
    coverage_.masked_addresses += !ip.empty() && !parse_address(ip);
    coverage_.masked_recipients +=
        recipient.find('*') != std::string_view::npos ||
        (!recipient.empty() && recipient.find('@') == std::string_view::npos && recipient.front() != '+');
  }

  log_reader reader_;
  log::coverage coverage_;
  Events events_;
  std::vector<log::named_application> subjects_;
  std::unordered_map<std::string, std::uint32_t> subject_numbers_;
  text_numbers addresses_{500'000};
  text_numbers sdks_{60'000};
  std::string key_, tenant_;
  bool is_partly_unread_ = false;
  bool kept_ = true;
};

}  // namespace startgate::json
