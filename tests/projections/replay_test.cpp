#include <map>
#include <random>

#include <boost/test/unit_test.hpp>

#include "projections/state_rows.hpp"
#include "tests/projections/ledger_fixture.hpp"
#include "tests/projections/random_history.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

using stored_rows = std::map<std::string, std::string>;

void store(ledger_state& state, stored_rows& rows) {
  drain_rows(state, [&](std::string key, std::string row, bool erased) {
    if (erased)
      rows.erase(key);
    else
      rows[key] = std::move(row);
  });
}

bool load(const stored_rows& rows, ledger_state& out) {
  state_loader loader{out};
  for (auto& [key, row] : rows)
    if (!loader.load(key, row))
      return false;
  return loader.finish();
}

/// All rows of a state that was never drained before.
stored_rows rows_of(ledger_state state) {
  stored_rows out;
  store(state, out);
  return out;
}

/// Adds the hash of each stored row anew, knowing nothing of the tables.
state_hash hash_from_scratch(const stored_rows& rows) {
  state_hash out;
  auto journal = [&](char tag, const std::string& key, const std::string& bytes,
                     std::size_t row_size) {
    std::uint64_t number = 0;
    for (auto c : key.substr(1))
      number = number << 8 | static_cast<std::uint8_t>(c);
    number *= 1024;
    for (std::size_t i = 0; i < bytes.size(); i += row_size, ++number)
      out += hash_row(tag, {reinterpret_cast<const char*>(&number), 8},
                      std::string_view{bytes}.substr(i, row_size));
  };
  for (auto& [key, row] : rows)
    if (key[0] == 'j')
      journal('j', key, row, sizeof(judgement));
    else if (key[0] == 'h')
      journal('h', key, row, sizeof(channel_change));
    else if (key == "l")
      out += hash_row('l', "ledger", row);
    else if (key[0] != '!')
      out += hash_row(key[0], std::string_view{key}.substr(1), row);
  return out;
}

/// More than two segments of judgements, with every kind of event.
const ledger_fixture& long_history() {
  static const auto out = [] {
    auto f = std::make_unique<ready_ledger>();
    for (int i = 0; i < random_history::profiles; ++i) {
      auto name = f->keep("p" + std::to_string(i));
      f->put_profile(name);
      f->bind_policy("1.0.0", name);
    }
    random_history{*f, 20'261'121}.run(3000);
    return f;
  }();
  return *out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(replay)

BOOST_AUTO_TEST_CASE(the_same_log_gives_the_same_state) {
  auto& f = long_history();
  auto again = fold_all(f.log);
  BOOST_TEST(again.chain.hex() == f.state.chain.hex());
  BOOST_TEST(again.hash.hex() == f.state.hash.hex());
  BOOST_TEST((rows_of(again) == rows_of(f.state)));
}

BOOST_AUTO_TEST_CASE(batch_cuts_and_restarts_change_nothing) {
  auto& f = long_history();
  auto expected = rows_of(f.state);
  for (unsigned seed = 1; seed <= 5; ++seed)
    BOOST_TEST_CONTEXT("seed " << seed) {
      std::mt19937 random{seed};
      stored_rows rows;
      auto state = std::make_unique<ledger_state>();
      for (std::size_t i = 0; i < f.log.size();) {
        for (auto count = random() % 200; count > 0 && i < f.log.size();
             --count, ++i)
          step(*state, log_index{i}, f.log[i].append_time, f.log[i].envelope)
              .value();
        store(*state, rows);
        if (random() % 2 == 0) {
          state = std::make_unique<ledger_state>();
          BOOST_REQUIRE(load(rows, *state) || i == 0);
        }
      }
      store(*state, rows);
      BOOST_TEST(state->chain.hex() == f.state.chain.hex());
      BOOST_TEST(state->hash.hex() == f.state.hash.hex());
      BOOST_TEST((rows == expected));
    }
}

BOOST_AUTO_TEST_CASE(the_state_hash_is_the_sum_over_all_rows) {
  auto& f = long_history();
  BOOST_TEST(hash_from_scratch(rows_of(f.state)).hex() == f.state.hash.hex());
}

BOOST_AUTO_TEST_CASE(a_loaded_state_answers_as_the_folded_one) {
  auto& f = long_history();
  ledger_state loaded;
  BOOST_REQUIRE(load(rows_of(f.state), loaded));
  BOOST_TEST(loaded.commands.size() == f.state.commands.size());
  BOOST_TEST(loaded.releases.size() == f.state.releases.size());
  for (std::size_t i = 0; i < f.state.judgements.size(); ++i) {
    auto& id = f.state.judgements[i].id;
    BOOST_TEST((loaded.find_command(id) == f.state.find_command(id)));
  }
  for (std::size_t i = 0; i < f.state.changes.size(); ++i) {
    auto& artifact = f.state.changes[i].artifact;
    auto* release = loaded.find_release(artifact);
    BOOST_REQUIRE(release != nullptr);
    BOOST_TEST(release->index == f.state.find_release(artifact)->index);
  }
  BOOST_TEST((loaded.channel_keys == f.state.channel_keys));
  BOOST_TEST(loaded.size == f.state.size);
  BOOST_TEST(to_integer(loaded.log_time) == to_integer(f.state.log_time));
}

BOOST_AUTO_TEST_CASE(a_missing_row_is_noticed) {
  auto rows = rows_of(long_history().state);
  BOOST_TEST(rows.size() > 20u);
  for (auto& [key, row] : rows) {
    auto damaged = rows;
    damaged.erase(key);
    ledger_state state;
    BOOST_TEST_CONTEXT("without " << key)
    BOOST_TEST(!load(damaged, state));
  }
}

BOOST_AUTO_TEST_CASE(an_altered_row_is_noticed) {
  auto rows = rows_of(long_history().state);
  std::mt19937 random{7};
  for (auto& [key, row] : rows) {
    // The position holds no row of its own, but the size and the sum.
    if (key == "!position")
      continue;
    auto damaged = rows;
    auto& bytes = damaged[key];
    bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
    ledger_state state;
    BOOST_TEST_CONTEXT("altered " << key)
    BOOST_TEST(!load(damaged, state));
  }
}

BOOST_AUTO_TEST_CASE(a_row_of_another_length_is_noticed) {
  auto rows = rows_of(long_history().state);
  for (auto& [key, row] : rows)
    for (int change : {-1, 1}) {
      auto damaged = rows;
      auto& bytes = damaged[key];
      bytes.resize(static_cast<std::size_t>(
          static_cast<std::ptrdiff_t>(bytes.size()) + change));
      ledger_state state;
      BOOST_TEST_CONTEXT("resized " << key)
      BOOST_TEST(!load(damaged, state));
    }
}

BOOST_AUTO_TEST_CASE(a_renamed_or_unknown_row_is_noticed) {
  auto rows = rows_of(long_history().state);
  auto renamed = rows;
  auto node = renamed.extract("fclaude-code");
  BOOST_REQUIRE(!node.empty());
  node.key() = "fcodex";
  renamed.insert(std::move(node));
  ledger_state x;
  BOOST_TEST(!load(renamed, x));
  auto unknown = rows;
  unknown["zzz"] = "1";
  ledger_state y;
  BOOST_TEST(!load(unknown, y));
}

BOOST_AUTO_TEST_CASE(a_write_that_failed_is_made_up_for) {
  ready_ledger f;
  f.put_keys(key_status::active, key_status::active);
  stored_rows rows;
  store(f.state, rows);
  f.put_keyset(f.next_keyset());
  f.publish(1, "1.0.0");
  drain_rows(f.state, [](auto&&...) {}); // lost
  mark_all_rows(f.state);
  store(f.state, rows);
  ledger_state loaded;
  BOOST_TEST(load(rows, loaded));
  BOOST_TEST(loaded.keys.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_empty_store_holds_no_state) {
  ledger_state state;
  BOOST_TEST(!load({}, state));
}

BOOST_AUTO_TEST_SUITE_END()
