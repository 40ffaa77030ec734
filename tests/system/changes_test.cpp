#include <chrono>
#include <future>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "events/ids.hpp"
#include "tests/system/event_listener.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

struct changes_fixture : node_fixture {
  answer publish(const std::string& word,
                 const std::string& profile = "default") const {
    auto x = node.publish("claude-code", profile, small_draft(word));
    BOOST_REQUIRE_MESSAGE(x.status == 201u, x.body);
    return x;
  }
  answer revert(const std::string& version) const {
    return node.post(
        "clients/claude-code/profiles/default/revert",
        json::object{{"version", version}, {"changelog", "Take it back"}},
        ledger.admin);
  }
  answer poll(const std::string& query) const {
    return node.get(query.empty() ? "changes" : "changes?" + query);
  }
  std::string now() const {
    return poll("since_token=now").header("Signalbox-Token");
  }
  /// A long poll on a thread of its own.
  std::future<answer> poll_later(const std::string& query) const {
    return std::async(std::launch::async,
                      [this, query] { return poll(query); });
  }
  std::string metric(const std::string& name) const {
    const auto text = node.get("/metrics").body;
    const auto at = text.find("\n" + name + " ");
    return at == text.npos
               ? ""
               : text.substr(at + name.size() + 2,
                             text.find('\n', at + 1) - at - name.size() - 2);
  }
  void wait_for_metric(const std::string& name,
                       const std::string& value) const {
    const auto end = clock_type::now() + 10s;
    while (metric(name) != value && clock_type::now() < end)
      std::this_thread::yield();
    BOOST_TEST(metric(name) == value, name);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(polling_changes, changes_fixture)

BOOST_AUTO_TEST_CASE(an_event_tells_all_of_a_change_fr10_fr11) {
  const auto before = now();
  const auto published = publish("a");
  const auto x = poll("since_token=" + before);
  BOOST_REQUIRE_MESSAGE(x.status == 200u, x.body);
  BOOST_REQUIRE_EQUAL(x.document.as_array().size(), 1u);
  BOOST_TEST(x.text("/0/type") == "published");
  BOOST_TEST(x.text("/0/client_id") == "claude-code");
  BOOST_TEST(x.text("/0/profile") == "default");
  BOOST_TEST(x.at("/0/major") == 1);
  BOOST_TEST(x.text("/0/artifact_id") == published.text("/artifact_id"));
  BOOST_TEST(x.text("/0/version") == published.text("/version"));
  BOOST_TEST(x.text("/0/schema_ref") == published.text("/schema_ref"));
  BOOST_TEST(x.at("/0/channel_version") == 1);
  BOOST_TEST(x.text("/0/changelog") == "A change");
  BOOST_TEST(x.text("/0/publisher_id") ==
             published.text("/provenance/publisher_id"));
  BOOST_TEST(x.text("/0/policy_set_id") == published.text("/policy_set_id"));
  BOOST_TEST(x.text("/0/policy_version") == published.text("/policy_version"));
  BOOST_TEST(x.text("/0/reload") == "restart");
  BOOST_TEST(from_rfc3339(x.text("/0/changed_at")).has_value());
  BOOST_CHECK(x.at("/0/head") == published.at("/head"));
  BOOST_TEST(x.text("/0/token") == published.header("Signalbox-Token"));
}

BOOST_AUTO_TEST_CASE(each_poll_goes_on_after_the_one_before_fr10) {
  const auto begin = now();
  for (auto* word : {"a", "b", "c", "d", "e"})
    publish(word);
  auto token = begin;
  std::vector<std::int64_t> seen;
  for (auto size : {2u, 2u, 1u, 0u}) {
    const auto x = poll("limit=2&since_token=" + token);
    BOOST_REQUIRE_MESSAGE(x.status == 200u, x.body);
    BOOST_TEST(x.document.as_array().size() == size);
    for (auto& y : x.document.as_array())
      seen.push_back(y.at("channel_version").as_int64());
    if (size > 0)
      token = text_of(x.document.as_array().back(), "token");
    BOOST_TEST((size < 2 || x.header("Signalbox-Token") == token));
  }
  BOOST_TEST(seen == (std::vector<std::int64_t>{1, 2, 3, 4, 5}),
             boost::test_tools::per_element());
  BOOST_TEST(poll("since_token=" + begin).document.as_array().size() == 5u);
}

BOOST_AUTO_TEST_CASE(without_a_token_what_is_in_force_comes_first_fr10) {
  publish("a");
  publish("b");
  publish("p", "prod");
  const auto x = poll("");
  BOOST_REQUIRE_EQUAL(x.document.as_array().size(), 2u);
  BOOST_TEST(x.at("/0/channel_version") == 2);
  BOOST_TEST(x.text("/1/profile") == "prod");
  const auto rpc = node.rpc("PollChanges", json::object{});
  BOOST_CHECK(rpc.at("/result") == x.document);
  const auto more = poll("since_token=" + x.header("Signalbox-Token"));
  BOOST_TEST(more.body == "[]");
}

BOOST_AUTO_TEST_CASE(only_the_head_in_force_is_sent_along_fr10) {
  const auto begin = now();
  publish("a");
  BOOST_TEST(poll("since_token=" + begin).has("/0/head"));
  publish("b");
  const auto x = poll("since_token=" + begin);
  BOOST_TEST(!x.has("/0/head"));
  BOOST_TEST(x.has("/1/head"));
}

BOOST_AUTO_TEST_CASE(a_revert_is_a_change_fr10_uc3) {
  publish("a");
  publish("b");
  const auto begin = now();
  const auto back = revert("1.0.0");
  BOOST_REQUIRE_MESSAGE(back.status == 200u, back.body);
  const auto x = poll("since_token=" + begin);
  BOOST_REQUIRE_EQUAL(x.document.as_array().size(), 1u);
  BOOST_TEST(x.text("/0/type") == "reverted");
  BOOST_TEST(x.text("/0/version") == "1.0.0");
  BOOST_TEST(x.text("/0/changelog") == "Take it back");
  BOOST_TEST(x.at("/0/channel_version") == 3);
  BOOST_CHECK(x.at("/0/head") == back.at("/head"));
}

BOOST_AUTO_TEST_CASE(filters_choose_clients_and_profiles_fr10) {
  const auto begin = now();
  publish("a");
  publish("p", "prod");
  node.publish("codex", "default", sample("codex", "no-servers"));
  const auto count = [&](const std::string& filter) {
    return poll("since_token=" + begin + filter).document.as_array().size();
  };
  BOOST_TEST(count("") == 3u);
  BOOST_TEST(count("&client_id=claude-code") == 2u);
  BOOST_TEST(count("&client_id=claude-code&profile=prod") == 1u);
  BOOST_TEST(count("&profile=default") == 2u);
  BOOST_TEST(count("&client_id=codex,claude-code&profile=default") == 2u);
  BOOST_TEST(count("&client_id=cursor") == 0u);
}

BOOST_AUTO_TEST_CASE(wrong_parameters_are_told_precisely_fr10) {
  for (auto& [query, pointer] :
       std::vector<std::pair<std::string, std::string>>{
           {"wait=61", "/wait"},
           {"wait=soon", "/wait"},
           {"limit=0", "/limit"},
           {"limit=1001", "/limit"},
           {"since_token=yesterday", "/since_token"},
           {"client_id=No%20Name", "/client_id"},
           {"colour=red", "/colour"}}) {
    const auto x = poll(query);
    BOOST_TEST(x.status == 400u, query);
    BOOST_TEST(x.text("/pointer") == pointer, query);
  }
  BOOST_TEST(poll("client_id=nobody").status == 404u);
  BOOST_TEST(poll("client_id=codex&profile=nowhere").status == 404u);
}

BOOST_AUTO_TEST_CASE(a_token_of_another_history_is_a_conflict_fr10) {
  const test_ledger other_ledger;
  const node_process other{other_ledger};
  const auto foreign =
      other.get("changes?since_token=now").header("Signalbox-Token");
  const auto x = poll("since_token=" + foreign);
  BOOST_TEST(x.status == 409u);
  BOOST_TEST(x.code() == "history_changed");
  const event_listener listener{node, "since_token=" + foreign};
  BOOST_TEST(listener.head.starts_with("HTTP/1.1 409 "));
}

BOOST_AUTO_TEST_CASE(a_long_poll_wakes_with_the_change_fr10) {
  auto waiting =
      poll_later("wait=30&client_id=claude-code&since_token=" + now());
  wait_for_metric("signalbox_long_polls", "1");
  node.publish("codex", "default", sample("codex", "no-servers"));
  BOOST_TEST((waiting.wait_for(50ms) == std::future_status::timeout));
  publish("a");
  const auto x = waiting.get();
  BOOST_REQUIRE_EQUAL(x.document.as_array().size(), 1u);
  BOOST_TEST(x.text("/0/client_id") == "claude-code");
  BOOST_TEST(x.has("/0/head"));
  wait_for_metric("signalbox_long_polls", "0");
}

BOOST_AUTO_TEST_CASE(a_long_poll_ends_empty_when_its_time_is_up_fr10) {
  const auto token = now();
  const auto begun = clock_type::now();
  const auto x = poll("wait=1&since_token=" + token);
  BOOST_TEST((clock_type::now() - begun >= 1s));
  BOOST_TEST(x.body == "[]");
  BOOST_TEST(x.header("Signalbox-Token") == token);
}

BOOST_AUTO_TEST_CASE(a_stop_answers_long_polls_at_once_fr10) {
  auto waiting = poll_later("wait=60&since_token=" + now());
  wait_for_metric("signalbox_long_polls", "1");
  const auto begun = clock_type::now();
  BOOST_TEST(node.stop() == 0);
  BOOST_TEST((clock_type::now() - begun < 8s));
  BOOST_TEST(waiting.get().body == "[]");
}

BOOST_AUTO_TEST_CASE(a_long_poll_ends_with_its_token_nfr7) {
  const auto from = now();
  for (const bool changes : {true, false}) {
    const auto made = node.post(
        "tokens", json::object{{"roles", json::array{"reader"}}}, ledger.admin);
    // Nothing wakes the second one but its time.
    auto waiting = std::async(std::launch::async, [&] {
      return node.get("changes?wait=" + std::string{changes ? "60" : "8"} +
                          "&since_token=" + (changes ? from : now()),
                      made.text("/token"));
    });
    wait_for_metric("signalbox_long_polls", "1");
    const auto gone =
        node.ask("DELETE", "tokens/" + made.text("/token_id"), ledger.admin);
    BOOST_REQUIRE_EQUAL(gone.status, 200u);
    if (changes)
      publish("a");
    const auto told = waiting.get();
    BOOST_TEST(told.status == 401u, told.body);
    BOOST_TEST(told.code() == "unauthenticated");
    BOOST_TEST(told.body.find("artifact_id") == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(subscribing, changes_fixture)

BOOST_AUTO_TEST_CASE(a_subscriber_hears_of_each_change_fr10_fr11) {
  publish("before");
  event_listener listener{node, "client_id=claude-code&profile=default"};
  BOOST_REQUIRE_MESSAGE(listener.is_open(), listener.head);
  BOOST_TEST(listener.head.find("Content-Type: text/event-stream\r\n") !=
             std::string::npos);
  BOOST_TEST(listener.next().type == "hello");
  BOOST_TEST(listener.change().at("channel_version") == 1);
  const auto current = listener.next();
  BOOST_TEST(current.type == "current");
  const auto before = current.id;
  const auto published = publish("a");
  const auto event = listener.next();
  BOOST_TEST(event.type == "published");
  BOOST_TEST(event.id == published.header("Signalbox-Token"));
  const auto data = json::parse(event.data);
  BOOST_CHECK(data.at("head") == published.at("/head"));
  BOOST_CHECK(poll("since_token=" + before).at("/0") == data);
  revert("1.0.0");
  BOOST_TEST(listener.next().type == "reverted");
}

BOOST_AUTO_TEST_CASE(a_filter_keeps_others_changes_away_fr10) {
  event_listener listener{
      node, "since_token=now&client_id=claude-code,codex&profile=prod"};
  listener.next("current");
  publish("a");
  publish("p", "prod");
  BOOST_TEST(text_of(listener.change(), "profile") == "prod");
}

BOOST_AUTO_TEST_CASE(a_stream_goes_on_after_a_crash_without_a_gap_fr10) {
  publish("0");
  event_listener first{node, "since_token=now&client_id=claude-code"};
  first.next("current");
  std::vector<std::int64_t> seen;
  const auto take = [&](event_listener& x) {
    seen.push_back(x.change().at("channel_version").as_int64());
  };
  for (auto* word : {"1", "2"}) {
    publish(word);
    take(first);
  }
  node.kill();
  node.restart();
  for (auto* word : {"3", "4"})
    publish(word);
  event_listener second{node, "client_id=claude-code",
                        "Last-Event-ID: " + first.last_id() + "\r\n"};
  take(second);
  take(second);
  BOOST_TEST(second.next().type == "current");
  publish("5");
  take(second);
  BOOST_TEST(seen == (std::vector<std::int64_t>{2, 3, 4, 5, 6}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_was_missed_comes_in_pages_of_any_number_fr10) {
  const auto begin = now();
  for (int i = 0; i < 50; ++i)
    publish(std::to_string(i));
  event_listener listener{node, "since_token=" + begin};
  for (int i = 1; i <= 50; ++i)
    BOOST_TEST(listener.change().at("channel_version").as_int64() == i);
  BOOST_TEST(listener.next().type == "current");
}

BOOST_AUTO_TEST_CASE(a_stream_that_says_nothing_beats_fr10) {
  node.stop();
  const node_process quick{ledger, {"--heartbeat", "1s"}};
  event_listener listener{quick, "since_token=now"};
  listener.next("current");
  BOOST_TEST(listener.line() == ":\n");
}

BOOST_AUTO_TEST_CASE(a_slow_reader_is_told_from_where_to_resume_fr10) {
  event_listener slow{node, "since_token=now", {}, 4096};
  slow.next("current");
  // More than the kernel and the worker keep for one that hardly reads.
  const std::string long_text(4000, 'x');
  const int count = 1200;
  std::int64_t last = 0;
  for (int i = 0; i < count; ++i) {
    const auto x =
        node.publish("claude-code", "default", small_draft(std::to_string(i)),
                     {{"changelog", long_text}});
    BOOST_REQUIRE_EQUAL(x.status, 201u);
    if (i % 100 == 99) // who reads nothing at all is cut in the end
      BOOST_REQUIRE_EQUAL(slow.change().at("channel_version").as_int64(),
                          ++last);
  }
  wait_for_metric("signalbox_subscribers", "1");
  std::string resume;
  for (;;) {
    const auto x = slow.next();
    if (x.type == "overflow") {
      resume = text_of(json::parse(x.data), "token");
      BOOST_TEST(x.id == resume);
      break;
    }
    const auto version = json::parse(x.data).at("channel_version").as_int64();
    BOOST_REQUIRE_EQUAL(version, last + 1);
    last = version;
  }
  BOOST_TEST(last < count);
  BOOST_TEST(slow.connection().is_closed());
  BOOST_TEST(metric("signalbox_subscriber_overflows_total") == "1");
  event_listener again{node, "since_token=" + resume};
  while (last < count)
    BOOST_REQUIRE_EQUAL(again.change().at("channel_version").as_int64(),
                        ++last);
}

BOOST_AUTO_TEST_CASE(many_resumes_take_turns_and_others_are_answered_fr10) {
  constexpr std::size_t resumes = 150, changes = 48;
  const auto old = now();
  for (std::size_t i = 0; i < changes; ++i)
    publish(std::to_string(i));
  node.stop();
  node.restart(); // nothing is composed yet
  std::vector<std::unique_ptr<event_listener>> all;
  for (std::size_t i = 0; i < resumes; ++i)
    all.push_back(std::make_unique<event_listener>(node, "since_token=" + old));
  clock_type::duration longest{};
  std::atomic<bool> done{false};
  int failed = 0;
  auto others = std::async(std::launch::async, [&] {
    while (!done) {
      const auto begun = clock_type::now();
      failed += poll("since_token=" + old + "&limit=1").status != 200;
      longest = std::max(longest, clock_type::now() - begun);
    }
  });
  for (auto& x : all) {
    for (std::size_t i = 0; i < changes; ++i)
      BOOST_TEST(x->change().at("channel_version").as_int64() ==
                 static_cast<std::int64_t>(i + 1));
    x->next("current");
  }
  done = true;
  others.get();
  BOOST_TEST(failed == 0);
  BOOST_TEST((longest < 2s));
  BOOST_TEST_MESSAGE(
      "longest other answer: "
      << std::chrono::duration_cast<std::chrono::milliseconds>(longest).count()
      << " ms");
  wait_for_metric("signalbox_subscribers_waiting", "0");
}

BOOST_AUTO_TEST_CASE(listeners_are_limited_in_all_and_by_caller_fr10) {
  node.stop();
  const node_process small{
      ledger, {"--max-listeners", "3", "--max-listeners-per-caller", "2"}};
  const event_listener first{small};
  const event_listener second{small};
  event_listener third{small};
  BOOST_TEST(second.is_open());
  BOOST_TEST(third.head.starts_with("HTTP/1.1 503 "));
  const auto as_admin = "Authorization: Bearer " + ledger.admin + "\r\n";
  const event_listener other{small, {}, as_admin};
  BOOST_TEST(other.is_open());
  const event_listener none{small, {}, as_admin};
  BOOST_TEST(none.head.starts_with("HTTP/1.1 503 "));
  const auto poll = small.get("changes?since_token=now&wait=1");
  BOOST_TEST(poll.status == 503u);
  BOOST_TEST(poll.code() == "overloaded");
}

BOOST_AUTO_TEST_CASE(private_reads_need_a_token_to_listen_nfr7) {
  node.stop();
  const node_process closed{ledger, {"--private-reads"}};
  const event_listener nobody{closed};
  BOOST_TEST(nobody.head.starts_with("HTTP/1.1 401 "));
  BOOST_TEST(closed.get("changes").status == 401u);
  const auto reader = closed.issue({"reader"});
  const event_listener known{
      closed, {}, "Authorization: Bearer " + reader + "\r\n"};
  BOOST_TEST(known.is_open());
}

BOOST_AUTO_TEST_CASE(a_revoked_token_ends_its_stream_nfr7) {
  node.stop();
  const node_process closed{ledger, {"--private-reads"}};
  const auto made = closed.post(
      "tokens", json::object{{"roles", json::array{"reader"}}}, ledger.admin);
  event_listener known{closed, "since_token=now",
                       "Authorization: Bearer " + made.text("/token") + "\r\n"};
  known.next("current");
  BOOST_TEST(
      closed.ask("DELETE", "tokens/" + made.text("/token_id"), ledger.admin)
          .status == 200u);
  closed.publish("claude-code", "default", small_draft("a"));
  BOOST_TEST(known.next().type == "failed");
  BOOST_TEST(known.connection().is_closed());
}

BOOST_AUTO_TEST_CASE(a_stop_takes_leave_of_subscribers_fr10) {
  event_listener listener{node, "since_token=now"};
  listener.next("current");
  node.send_stop();
  BOOST_TEST(listener.line() == "retry: 2000\n");
  BOOST_TEST(listener.line() == ": stopping\n");
  BOOST_TEST(node.wait() == 0);
}

BOOST_AUTO_TEST_CASE(json_rpc_says_where_to_listen_fr10) {
  const auto x =
      node.rpc("SubscribeConfigUpdates", json::array{"claude-code", "default"});
  BOOST_REQUIRE_MESSAGE(x.has("/result"), x.body);
  BOOST_TEST(x.text("/result/media_type") == "text/event-stream");
  BOOST_TEST(x.text("/result/resume_parameter") == "since_token");
  const auto url = x.text("/result/url");
  const event_listener listener{node, url.substr(url.find('?') + 1)};
  BOOST_TEST(url.starts_with("/v1/ledgers/main/subscribe?"));
  BOOST_TEST(listener.is_open());
  BOOST_TEST(node.rpc("SubscribeConfigUpdates", json::array{"nobody"})
                 .text("/error/data/code") == "not_found");
}

BOOST_AUTO_TEST_CASE(deliveries_are_counted_nfr11) {
  event_listener listener{node, "since_token=now"};
  listener.next("current");
  wait_for_metric("signalbox_subscribers", "1");
  publish("a");
  listener.change();
  wait_for_metric("signalbox_fanout_events_total", "1");
  wait_for_metric("signalbox_fanout_seconds_count", "1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(watching, changes_fixture)

namespace {

command_line watch(const changes_fixture& x, std::vector<std::string> more) {
  more.insert(more.begin(), {program.string(), "watch"});
  return {more, {"SIGNALBOX_URL=" + x.node.url}, {}};
}

/// Until the program has written this to a file.
void wait_for_text(const std::filesystem::path& file, const std::string& text) {
  const auto end = clock_type::now() + 20s;
  while (read_text(file).find(text) == std::string::npos)
    if (clock_type::now() > end)
      throw std::runtime_error{"no '" + text + "' in " + read_text(file)};
    else
      std::this_thread::yield();
}

} // namespace

BOOST_AUTO_TEST_CASE(watch_shows_changes_across_a_restart_fr10) {
  const temporary_directory place;
  node.keep_port();
  child_process child{watch(*this, {"claude-code", "--json", "--count", "2",
                                    "--since", "start"}),
                      place / "out", place / "err"};
  publish("a");
  wait_for_text(place / "out", "\"channel_version\":1");
  node.kill();
  wait_for_text(place / "err", "trying again");
  node.restart();
  publish("b");
  BOOST_TEST(child.wait() == 0);
  BOOST_TEST(read_text(place / "out").find("\"channel_version\":2") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(watch_ends_cleanly_on_interrupt_and_in_time_fr10) {
  const temporary_directory place;
  child_process child{watch(*this, {}), place / "out", place / "err"};
  wait_for_text(place / "err", "watching");
  publish("a");
  wait_for_text(place / "out", "claude-code/default");
  child.signal(SIGINT);
  BOOST_TEST(child.wait() == 0);
  BOOST_TEST(run(watch(*this, {"--for", "1s"})).status == 0);
}

BOOST_AUTO_TEST_CASE(watch_says_what_is_wrong_fr10) {
  const auto nobody = run(watch(*this, {"nobody"}));
  BOOST_TEST(nobody.status == 3);
  BOOST_TEST(nobody.err.find("client 'nobody'") != std::string::npos,
             nobody.err);
  BOOST_TEST(nobody.err.find("signalbox clients") != std::string::npos);
  BOOST_TEST(nobody.err.find("client_id") == std::string::npos, nobody.err);
  const auto nowhere = run(watch(*this, {"codex", "nowhere"}));
  BOOST_TEST(nowhere.status == 3);
  BOOST_TEST(nowhere.err.find("profile 'nowhere'") != std::string::npos,
             nowhere.err);
  BOOST_TEST(run(watch(*this, {"--since", "yesterday"})).status == 2);
  BOOST_TEST(run(watch(*this, {"--count", "0"})).status == 2);
}

BOOST_AUTO_TEST_SUITE_END()
