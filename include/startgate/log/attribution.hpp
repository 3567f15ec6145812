// Whose record is it? A record names its application by client_id, or only by a name, or not at all; names are not unique. Rows
// are the exported applications in their order, then those that only the log knows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace startgate::log {

struct named_application {
  std::string client_id;
  std::string name;

  auto operator<=>(const named_application&) const = default;
};

class attribution {
 public:
  // `subjects`: every pair of client_id and client_name that occurs in the log, either of them empty where the record has none.
  attribution(std::vector<named_application> exported, const std::vector<named_application>& subjects)
      : rows_(std::move(exported)), exported_(rows_.size()) {
    for (std::size_t i = 0; i < rows_.size(); ++i) know(i);
    for (const auto& subject : subjects)
      if (!subject.client_id.empty()) row_of(subject);
    for (const auto& subject : subjects)
      if (subject.client_id.empty() && !subject.name.empty() && !by_name_.contains(subject.name)) {
        rows_.push_back(subject);
        by_name_[subject.name].insert(rows_.size() - 1);
        nameless_.insert(rows_.size() - 1);
      }
    for (const auto& subject : subjects) owners_.push_back(owners_of(subject));
    rank(subjects);
  }

  const std::vector<named_application>& rows() const noexcept { return rows_; }
  bool is_exported(std::size_t row) const noexcept { return row < exported_; }

  // Rows whose name neither the export nor a record with a client_id has: nobody's, or an older name of any application.
  bool is_a_name_alone(std::size_t row) const { return nameless_.contains(row); }

  // The rows that may have caused a record of this subject; it is certainly one's own where there is one.
  const std::vector<std::size_t>& owners(std::size_t subject) const noexcept { return owners_[subject]; }

  // Of two copies of one record, which names its application better: a client_id says more than a name, and a name than nothing.
  bool names_it_better(std::size_t subject, std::size_t than) const noexcept { return ranks_[subject] > ranks_[than]; }

  bool shares_its_name(std::size_t row) const {
    const auto same = by_name_.find(rows_[row].name);
    return same != by_name_.end() && same->second.size() > 1;
  }

 private:
  // By the texts, because subjects are numbered in the order in which they were read.
  void rank(const std::vector<named_application>& subjects) {
    const auto text = [&](std::size_t i) { return std::tie(subjects[i].client_id, subjects[i].name); };
    std::vector<std::size_t> order(subjects.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return text(a) < text(b); });
    ranks_.resize(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) ranks_[order[i]] = i;
  }

  void know(std::size_t row) {
    by_id_.emplace(rows_[row].client_id, row);
    if (!rows_[row].name.empty()) by_name_[rows_[row].name].insert(row);
  }

  std::size_t row_of(const named_application& subject) {
    const auto found = by_id_.find(subject.client_id);
    if (found == by_id_.end()) {
      rows_.push_back(subject);
      know(rows_.size() - 1);
      return rows_.size() - 1;
    }
    // The log may know it by an older name than the export.
    if (!subject.name.empty()) by_name_[subject.name].insert(found->second);
    return found->second;
  }

  std::vector<std::size_t> owners_of(const named_application& subject) const {
    if (!subject.client_id.empty()) return {by_id_.find(subject.client_id)->second};
    std::vector<std::size_t> out;
    if (!subject.name.empty()) {
      const auto& same = by_name_.find(subject.name)->second;
      out.assign(same.begin(), same.end());
    } else {
      for (std::size_t i = 0; i < rows_.size(); ++i) out.push_back(i);
    }
    return out;
  }

  std::vector<named_application> rows_;
  std::size_t exported_;
  std::set<std::size_t> nameless_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
  std::map<std::string, std::set<std::size_t>, std::less<>> by_name_;
  std::vector<std::vector<std::size_t>> owners_;
  std::vector<std::size_t> ranks_;
};

}  // namespace startgate::log
