#include <startgate/store/snapshot.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace {

using namespace startgate;

constexpr instant t0 = 1'795'514'400 * second;

quota five_an_hour() { return *quota::make(5, hour, 5); }

struct snapshot : testing::Test {
  std::string path = (std::filesystem::path(testing::TempDir()) / ("startgate_snapshot_" + std::to_string(::getpid()))).string();
  memory_limits limits{.addresses = 1'024};
  memory_store store{limits, {1, 2}};
  snapshot() { std::filesystem::remove(path); }
  ~snapshot() override { std::filesystem::remove(path); }

  static bool take(memory_store& from, int name, instant now, bucket_space space = bucket_space::start_per_address) {
    const quota q = five_an_hour();
    const charge c{bucket_keys(from.seed()).of(space, std::to_string(name)), &q};
    limit_outcome out;
    return from.take({&c, 1}, now, {&out, 1});
  }

  void exhaust(int names) {
    for (int name = 0; name < names; ++name)
      for (int i = 0; i < 5; ++i) EXPECT_TRUE(take(store, name, t0));
  }
};

TEST_F(snapshot, forgives_nobody_over_a_restart) {
  exhaust(100);
  ASSERT_EQ(save_snapshot(store, path, t0), std::nullopt);
  for (const std::size_t addresses : {1'024U, 512U, 65'536U}) {  // also into a table of another size
    const auto again = restore_snapshot(path, {.addresses = addresses}, t0 + second);
    ASSERT_TRUE(again);
    for (int name = 0; name < 100; ++name) EXPECT_FALSE(take(**again, name, t0 + second)) << name;
    EXPECT_TRUE(take(**again, 100, t0 + second));
    EXPECT_TRUE(take(**again, 1, t0 + 12 * minute)) << "the time in between counts";
  }
}

TEST_F(snapshot, remembers_assertions_too) {
  const bucket_keys keys(store.seed());
  const auto client = keys.of(bucket_space::replay_share, "app"), jti = keys.of(bucket_space::replay, "app", "1");
  EXPECT_EQ(store.remember(client, jti, t0 + minute, t0), replay_outcome::fresh);
  ASSERT_EQ(save_snapshot(store, path, t0), std::nullopt);
  const auto again = restore_snapshot(path, limits, t0);
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->remember(client, jti, t0 + minute, t0), replay_outcome::replayed);
}

TEST_F(snapshot, leaves_out_what_is_full_again) {
  exhaust(100);
  ASSERT_EQ(save_snapshot(store, path, t0), std::nullopt);
  const auto all = std::filesystem::file_size(path);
  ASSERT_EQ(save_snapshot(store, path, t0 + hour), std::nullopt);
  EXPECT_EQ(all - std::filesystem::file_size(path), 100U * 24U);
}

TEST_F(snapshot, owes_what_finds_no_place_in_a_smaller_table) {
  exhaust(500);
  ASSERT_EQ(save_snapshot(store, path, t0), std::nullopt);
  const auto again = restore_snapshot(path, {.addresses = 64}, t0);
  ASSERT_TRUE(again);
  EXPECT_GT((*again)->overflowed(key_origin::address), 300U);
  for (int name = 0; name < 500; ++name) EXPECT_FALSE(take(**again, name, t0 + second)) << name;
}

TEST_F(snapshot, holds_nobody_up_for_longer_than_a_window_when_it_was_saved_by_a_clock_that_ran_ahead) {
  for (int name = 0; name < 5'000; ++name) take(store, name, t0 + 240 * hour);
  ASSERT_EQ(save_snapshot(store, path, t0 + 240 * hour), std::nullopt);
  const auto again = restore_snapshot(path, limits, t0);
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->table(key_origin::address).live(t0 + hour), 0U);
  EXPECT_GT((*again)->table(key_origin::address).live(t0), 500U);
}

TEST_F(snapshot, is_readable_by_its_owner_only) {
  ASSERT_EQ(save_snapshot(store, path, t0), std::nullopt);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(path).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(snapshot, refuses_what_is_damaged_cut_or_something_else) {
  exhaust(3);
  ASSERT_EQ(save_snapshot(store, path, t0), std::nullopt);
  std::ifstream file(path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  const auto with = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;  // keeps the mode of what was saved
    return restore_snapshot(path, limits, t0);
  };
  EXPECT_TRUE(with(whole));
  EXPECT_EQ(with("").error(), snapshot_error::not_a_snapshot);
  EXPECT_EQ(with("{}").error(), snapshot_error::not_a_snapshot);
  EXPECT_EQ(with(whole + "x").error(), snapshot_error::cut_short);
  for (std::size_t size = 8; size < whole.size(); ++size)
    EXPECT_EQ(with(whole.substr(0, size)).error(), snapshot_error::cut_short);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(with(changed)) << at;
  }
}

TEST_F(snapshot, reads_no_file_that_somebody_else_could_have_written) {
  exhaust(1);
  ASSERT_EQ(save_snapshot(store, path, t0), std::nullopt);
  using std::filesystem::perms;
  for (const perms more : {perms::group_write, perms::others_write, perms::others_read}) {
    std::filesystem::permissions(path, perms::owner_read | perms::owner_write | more);
    EXPECT_EQ(restore_snapshot(path, limits, t0).error(), snapshot_error::not_private);
  }
  std::filesystem::permissions(path, perms::owner_read | perms::owner_write);
  EXPECT_TRUE(restore_snapshot(path, limits, t0));
  EXPECT_EQ(restore_snapshot("/dev/null", limits, t0).error(), snapshot_error::not_private);
}

TEST_F(snapshot, writes_through_no_link_that_was_put_in_its_way) {
  const std::string elsewhere = path + ".elsewhere";
  std::ofstream(elsewhere) << "precious";
  std::filesystem::create_symlink(elsewhere, path + ".new");
  ASSERT_EQ(save_snapshot(store, path, t0), std::nullopt);
  std::string text;
  std::ifstream(elsewhere) >> text;
  EXPECT_EQ(text, "precious");
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  std::filesystem::remove(elsewhere);
}

TEST_F(snapshot, says_what_it_cannot_open) {
  EXPECT_EQ(restore_snapshot(path, limits, t0).error(), snapshot_error::no_file);
  EXPECT_EQ(restore_snapshot(path + "/below", limits, t0).error(), snapshot_error::no_file);
  EXPECT_EQ(save_snapshot(store, "/nowhere/at/all", t0), snapshot_error::cannot_open);
}

}  // namespace
