#include <future>

#include "tests/system/engines.hpp"
#include "tests/system/event_listener.hpp"
#include "tests/system/metric.hpp"
#include "tests/system/two_nodes.hpp"

// Changes as several nodes of one ledger tell them.

namespace signalbox::test {

namespace {

using texts = std::vector<std::string>;

/// A change but for the signature of its head, which each node makes with its
/// own key.
std::string common(json::value change) {
  if (auto* head = change.as_object().if_contains("head"))
    head->as_object().erase("signatures");
  return json::serialize(change);
}

/// Two nodes that write and a replica.
struct three_nodes : two_nodes {
  three_nodes() {
    give_keys(third);
    replica.emplace(third, std::vector<std::string>{"--replica"});
    begin = current(one);
    for (const auto* x : all())
      await_token(*x, begin);
  }

  std::vector<const node_process*> all() const {
    return {&one, &*two, &*replica};
  }

  static std::string current(const node_process& at) {
    return at.get("changes?since_token=now").header("Signalbox-Token");
  }

  static answer poll(const node_process& at, const std::string& token,
                     const std::string& more = {}) {
    return at.get("changes?since_token=" + token + more);
  }

  static void await_token(const node_process& at, const std::string& token) {
    await([&] { return poll(at, token); },
          [](auto& x) { return x.status == 200; });
  }

  std::string release(const node_process& at, const std::string& word) {
    const auto made = publish(at, word);
    BOOST_REQUIRE_MESSAGE(made.status == 201U, made.body);
    return made.header("Signalbox-Token");
  }

  test_ledger third{joining{ledger}};
  std::optional<node_process> replica;
  std::string begin; ///< a token that all of them know
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kafka_changes, three_nodes, *of_one_engine())

BOOST_AUTO_TEST_CASE(one_token_gives_equal_pages_at_all_nodes_fr10) {
  std::string last;
  for (int i = 0; i < 5; ++i)
    last = release(i % 2 == 0 ? one : *two, std::to_string(i));
  const auto pages = [&](const node_process& at) {
    texts out;
    for (auto token = begin; token != last;) {
      const auto page = poll(at, token, "&limit=2");
      BOOST_REQUIRE_MESSAGE(page.status == 200U, page.body);
      const auto& changes = page.document.as_array();
      BOOST_REQUIRE(!changes.empty());
      out.push_back(std::to_string(changes.size()));
      for (auto& x : changes)
        out.push_back(common(x));
      token = text_of(changes.back(), "token");
    }
    return out;
  };
  texts first;
  for (const auto* x : all()) {
    await_token(*x, last);
    const auto told = pages(*x);
    BOOST_TEST(told.size() == 8U); // five changes on three pages
    if (first.empty())
      first = told;
    BOOST_TEST(told == first, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_long_poll_wakes_with_what_another_node_releases_fr10) {
  const auto wait_at = [&](const node_process& x) {
    auto out = std::async(std::launch::async,
                          [&] { return poll(x, begin, "&wait=60"); });
    await([&] { return x.get("/metrics"); },
          [](auto& y) { return metric_in(y, "signalbox_long_polls") == 1; });
    return out;
  };
  auto at_two = wait_at(*two), at_replica = wait_at(*replica);
  const auto began = std::chrono::steady_clock::now();
  const auto token = release(one, "news");
  for (auto* x : {&at_two, &at_replica}) {
    const auto woken = x->get();
    BOOST_REQUIRE_EQUAL(woken.document.as_array().size(), 1U);
    BOOST_TEST(woken.text("/0/token") == token);
    BOOST_TEST(woken.has("/0/head"));
  }
  const auto took = std::chrono::steady_clock::now() - began;
  BOOST_TEST((took < std::chrono::seconds{30})); // no time was up
}

BOOST_AUTO_TEST_CASE(subscribers_of_all_nodes_hear_the_same_fr10) {
  std::vector<std::unique_ptr<event_listener>> listeners;
  for (const auto* x : all()) {
    listeners.push_back(
        std::make_unique<event_listener>(*x, "since_token=" + begin));
    BOOST_REQUIRE_MESSAGE(listeners.back()->is_open(), listeners.back()->head);
    listeners.back()->next("current");
  }
  for (int i = 0; i < 6; ++i) {
    const auto token = release(i % 2 == 0 ? one : *two, std::to_string(i));
    texts told;
    for (auto& x : listeners) {
      const auto event = x->next("published");
      BOOST_TEST(event.id == token);
      told.push_back(common(json::parse(event.data)));
    }
    BOOST_TEST(told[1] == told[0]);
    BOOST_TEST(told[2] == told[0]);
  }
  // A subscriber of one node goes on at another.
  const auto seen = listeners[0]->last_id();
  one.kill();
  const auto token = release(*two, "while it is gone");
  for (const auto* x : {&*two, &*replica}) {
    event_listener again{*x, {}, "Last-Event-ID: " + seen + "\r\n"};
    BOOST_TEST(again.next("published").id == token);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace signalbox::test
