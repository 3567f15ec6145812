// A value or the reason why there is none. Members are named as in std::expected (C++23), so that moving there is a rename.
#pragma once

#include <utility>
#include <variant>

namespace startgate {

template <class E>
struct unexpected {
  E error;
};
template <class E>
unexpected(E) -> unexpected<E>;

template <class T, class E>
class [[nodiscard]] result {
 public:
  constexpr result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  constexpr result(unexpected<E> refusal) : state_(std::in_place_index<1>, std::move(refusal.error)) {}

  constexpr bool has_value() const noexcept { return state_.index() == 0; }
  constexpr explicit operator bool() const noexcept { return has_value(); }

  // Precondition for value access: has_value(). For error(): !has_value().
  constexpr const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  constexpr T& operator*() & noexcept { return *std::get_if<0>(&state_); }
  constexpr T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  constexpr const T* operator->() const noexcept { return std::get_if<0>(&state_); }
  constexpr T* operator->() noexcept { return std::get_if<0>(&state_); }
  constexpr const E& error() const noexcept { return *std::get_if<1>(&state_); }

  constexpr T value_or(T fallback) const { return has_value() ? **this : std::move(fallback); }

 private:
  std::variant<T, E> state_;
};

}  // namespace startgate
