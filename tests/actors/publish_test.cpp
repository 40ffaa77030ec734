#include "actors/publish.hpp"

#include "actors/log_parts.hpp"
#include "events/artifact.hpp"
#include "events/dsse.hpp"
#include "events/json.hpp"
#include "tests/actors/actor_world.hpp"
#include "tests/policy/support.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

constexpr const char* client = "claude-code";

/// A command's conclusion and the publish's own result.
struct published_answer {
  int count = 0;
  command::conclusion conclusion;
  publish_result result;

  bool accepted() const {
    return count == 1 && !conclusion.nothing && !conclusion.answer.refused &&
           conclusion.answer.result == outcome::accepted;
  }

  errc refusal() const {
    return count == 1 && conclusion.answer.refused
               ? conclusion.answer.refused->code
               : errc::bug;
  }
};

/// A ledger with the built-in families and policies, made by events.
struct publish_world : actor_world {
  publish_world()
      : actor_world{[](ledger_fixture& x) {
          x.create();
          x.put_keyset(x.next_keyset());
          x.put_principal(x.publisher, static_cast<role_mask>(role::publisher));
          x.put_principal(x.operator_id,
                          static_cast<role_mask>(role::operator_role));
        }} {
    start();
    seed();
  }

  std::shared_ptr<const node_keys> keys = std::make_shared<const node_keys>(
      node_keys{facts.node, facts.keys.first, facts.keys.second});
  std::string family_text =
      read(schemas() / "families" / client / "family.json");
  std::string schema_text =
      read(schemas() / "families" / client / "schema-1.0.0.json");
  std::string policy_text = read(schemas() / "policies" / "baseline.json");

  void say(proposal_draft draft) {
    conclusions out;
    auto x = context();
    x.principal = facts.author(draft.body);
    auto shared = std::make_shared<proposal_draft>(std::move(draft));
    submit(out.make(std::move(x), [shared](const view&) {
      return result<preparation>{std::move(*shared)};
    }));
    settle();
    BOOST_REQUIRE(out.accepted());
  }

  void seed() {
    put_policy("1.0.0", policy_text);
    proposal_draft family;
    family.body = event::family_put{
        client,
        1,
        {{"claude-code/1.0.0", ">=2.0.0", sha256(as_bytes(schema_text))}},
        sha256(as_bytes(family_text))};
    family.add_part(family_text);
    family.add_part(schema_text);
    say(std::move(family));
    proposal_draft profile;
    profile.body = event::profile_put{client, "default", 1, {}};
    say(std::move(profile));
    bind("1.0.0");
  }

  void put_policy(std::string_view version, const std::string& text) {
    proposal_draft out;
    out.body =
        event::policy_set_put{"baseline", version, sha256(as_bytes(text))};
    out.add_part(text);
    say(std::move(out));
  }

  void bind(std::string_view version) {
    proposal_draft out;
    out.body = event::policy_bound{client, "default", "baseline", version};
    say(std::move(out));
  }

  /// A valid draft; another number makes other content.
  static std::string draft(int number = 1) {
    return R"({"mcpServers":{"tickets":{"type":"stdio","command":"npx",)"
           R"("args":["-y","@example/tickets-mcp@1.4.)" +
           std::to_string(number) + R"("]}}})";
  }

  static publish_request request(std::string text) {
    publish_request out;
    out.draft = {client, "default", std::move(text), std::nullopt};
    out.changelog = "More tickets";
    out.publisher_id = "publisher-1";
    return out;
  }

  std::shared_ptr<command> make(publish_request x, published_answer& out) {
    auto y = context();
    y.principal = facts.publisher;
    return make_publish(
        std::move(x), std::move(y), keys, [this] { return wall; },
        [&out](command::conclusion c, publish_result r) {
          ++out.count;
          out.conclusion = std::move(c);
          out.result = std::move(r);
        });
  }

  published_answer publish(publish_request x) {
    published_answer out;
    submit(make(std::move(x), out));
    settle();
    BOOST_REQUIRE_EQUAL(out.count, 1);
    return out;
  }

  /// Publishes while another node's publications of these drafts are in the
  /// log and not folded here.
  published_answer publish_behind(publish_request x,
                                  const std::vector<int>& others) {
    published_answer out;
    auto command = make(std::move(x), out);
    auto first = std::make_shared<bool>(true);
    command->prepare = [this, first, others,
                        inner = command->prepare](const view& v) {
      auto made = inner(v);
      if (std::exchange(*first, false))
        for (auto number : others)
          publish_elsewhere(v, number);
      return made;
    };
    submit(std::move(command));
    settle();
    BOOST_REQUIRE_EQUAL(out.count, 1);
    return out;
  }

  void publish_elsewhere(const view& v, int number) {
    published_answer nobody;
    inbox unheard;
    auto y = context();
    y.principal = facts.publisher;
    auto z = request(draft(number));
    z.version = "1.0." + std::to_string(++elsewhere);
    auto made = make(std::move(z), nobody)->prepare(v);
    auto& draft = std::get<proposal_draft>(made.value());
    draft.expected = {};
    append(*encode(draft, y, unheard));
  }

  int elsewhere = 0;

  std::shared_ptr<const channel_view> channel() const {
    return seen().find_channel(client, "default", 1);
  }

  std::string part(std::size_t number) const {
    return parts_of_log(log)(channel()->row.artifact_index, number).value();
  }

  json::value core() const { return parse_json(part(0)).value(); }

  std::string version() const {
    auto x = core();
    return std::string{x.at("version").as_string()};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(publish_suite, publish_world)

BOOST_AUTO_TEST_CASE(a_valid_draft_is_released_and_sealed_fr4) {
  auto x = publish(request(draft()));
  BOOST_REQUIRE(x.accepted());
  BOOST_CHECK_EQUAL(x.conclusion.answer.version, 1U);
  BOOST_REQUIRE(channel());
  BOOST_CHECK(channel()->row.artifact == x.result.artifact);
  BOOST_CHECK_EQUAL(x.result.major, 1U);
  BOOST_REQUIRE(x.result.report);
  BOOST_CHECK(!has_errors(x.result.report->findings));
  BOOST_CHECK_EQUAL(version(), "1.0.0");
  auto text = core();
  BOOST_CHECK_EQUAL(text.at("artifact_id").as_string(),
                    to_content_id(x.result.artifact));
  BOOST_CHECK_EQUAL(part(2), "More tickets");
  auto signature = part(1);
  auto bytes = part(0);
  BOOST_CHECK(to_buffer(as_bytes(signature)) == seal(bytes, keys->seal));
}

BOOST_AUTO_TEST_CASE(a_bad_draft_is_refused_with_a_report_fr8) {
  auto before = to_integer(log.end());
  auto x = publish(request(R"({"mcpServers":{"a":{"type":"stdio"}}})"));
  BOOST_CHECK_EQUAL(x.refusal(), errc::validation_failed);
  BOOST_REQUIRE(x.result.report);
  BOOST_CHECK(has_errors(x.result.report->findings));
  BOOST_CHECK_EQUAL(x.result.report->policy_set_id, "baseline");
  BOOST_CHECK_EQUAL(to_integer(log.end()), before);
}

BOOST_AUTO_TEST_CASE(a_secret_in_the_draft_is_refused_and_not_logged) {
  auto secret = glue({"ghp", "_"}) + noise(36, base62);
  auto before = to_integer(log.end());
  auto x = publish(request(
      R"({"mcpServers":{"a":{"type":"stdio","command":"x","env":{"T":")" +
      secret + R"("}}}})"));
  BOOST_CHECK_EQUAL(x.refusal(), errc::validation_failed);
  BOOST_CHECK_EQUAL(to_integer(log.end()), before);
  BOOST_REQUIRE(x.result.report);
  BOOST_CHECK(describe(x.result.report->findings).find(secret) ==
              std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_secret_or_an_address_in_the_changelog_is_refused) {
  for (auto text : {glue({"ghp", "_"}) + noise(36, base62),
                    glue({"ask ann", "@", "corp.com"})}) {
    auto x = request(draft());
    x.changelog = text;
    auto y = publish(std::move(x));
    BOOST_CHECK_EQUAL(y.refusal(), errc::validation_failed);
  }
  auto x = request(draft());
  x.changelog = std::string(4097, 'x');
  BOOST_CHECK_EQUAL(publish(std::move(x)).refusal(), errc::validation_failed);
}

BOOST_AUTO_TEST_CASE(current_content_is_answered_and_nothing_is_written) {
  auto first = publish(request(draft()));
  auto before = to_integer(log.end());
  auto x = publish(request(draft()));
  BOOST_CHECK(x.conclusion.nothing);
  BOOST_CHECK(x.result.artifact == first.result.artifact);
  BOOST_CHECK_EQUAL(to_integer(log.end()), before);
}

BOOST_AUTO_TEST_CASE(the_same_draft_twice_at_once_is_one_release) {
  published_answer a, b;
  submit(make(request(draft()), a));
  submit(make(request(draft()), b));
  settle();
  BOOST_CHECK(a.accepted());
  BOOST_CHECK_EQUAL(b.count, 1);
  BOOST_CHECK(b.conclusion.nothing);
  BOOST_CHECK_EQUAL(channel()->row.version, 1U);
}

BOOST_AUTO_TEST_CASE(content_that_was_released_before_wants_a_revert) {
  BOOST_REQUIRE(publish(request(draft(1))).accepted());
  BOOST_REQUIRE(publish(request(draft(2))).accepted());
  auto x = publish(request(draft(1)));
  BOOST_REQUIRE(!x.conclusion.answer.refused);
  BOOST_CHECK_EQUAL(x.conclusion.answer.result, outcome::already_released);
}

BOOST_AUTO_TEST_CASE(versions_count_up_by_themselves) {
  BOOST_REQUIRE(publish(request(draft(1))).accepted());
  BOOST_REQUIRE(publish(request(draft(2))).accepted());
  BOOST_CHECK_EQUAL(version(), "1.0.1");
}

BOOST_AUTO_TEST_CASE(a_given_version_must_grow) {
  auto with = [](int number, const char* text) {
    auto x = request(draft(number));
    x.version = text;
    return x;
  };
  BOOST_REQUIRE(publish(with(1, "2.1.0")).accepted());
  BOOST_CHECK_EQUAL(version(), "2.1.0");
  for (auto low : {"2.1.0", "2.0.9", "2.1.0-rc.1"})
    BOOST_CHECK_EQUAL(publish(with(2, low)).refusal(),
                      errc::version_not_greater);
  BOOST_CHECK_EQUAL(publish(with(2, "v2")).refusal(), errc::bad_request);
  BOOST_REQUIRE(publish(with(2, "2.2.0")).accepted());
  BOOST_REQUIRE(publish(request(draft(3))).accepted());
  BOOST_CHECK_EQUAL(version(), "2.2.1");
}

BOOST_AUTO_TEST_CASE(an_expected_version_below_the_channels_is_a_conflict) {
  BOOST_REQUIRE(publish(request(draft(1))).accepted());
  auto before = to_integer(log.end());
  auto x = request(draft(2));
  x.expected_version = 0;
  BOOST_CHECK_EQUAL(publish(x).refusal(), errc::conflict);
  BOOST_CHECK_EQUAL(to_integer(log.end()), before);
  x.expected_version = 1;
  BOOST_CHECK(publish(x).accepted());
}

BOOST_AUTO_TEST_CASE(an_expected_version_above_the_logs_is_a_conflict) {
  BOOST_REQUIRE(publish(request(draft(1))).accepted());
  auto before = to_integer(log.end());
  auto x = request(draft(2));
  x.expected_version = 7;
  auto y = publish(x);
  BOOST_CHECK_EQUAL(y.refusal(), errc::conflict);
  BOOST_CHECK(y.conclusion.answer.refused->message.find("version is 1,") !=
              std::string::npos);
  // It asked the log once, and closed what it had asked with.
  BOOST_CHECK_EQUAL(to_integer(log.end()), before + 2);
  x.version = "2.0.0";
  auto z = publish(x);
  BOOST_REQUIRE(!z.conclusion.answer.refused);
  BOOST_CHECK_EQUAL(z.conclusion.answer.result, outcome::conflict);
  BOOST_CHECK_EQUAL(z.conclusion.answer.version, 1U);
}

BOOST_AUTO_TEST_CASE(current_content_under_a_wrong_expectation_is_a_conflict) {
  BOOST_REQUIRE(publish(request(draft())).accepted());
  auto x = request(draft());
  x.expected_version = 7;
  BOOST_CHECK_EQUAL(publish(std::move(x)).refusal(), errc::conflict);
}

// The next patch of an old view is no word of the caller's: it must not be
// answered with version_not_greater.
BOOST_AUTO_TEST_CASE(
    an_expectation_met_by_entries_not_folded_yet_is_published) {
  BOOST_REQUIRE(publish(request(draft(1))).accepted());
  auto x = request(draft(3));
  x.expected_version = 2;
  BOOST_CHECK(publish_behind(x, {2}).accepted());
  BOOST_CHECK_EQUAL(channel()->row.version, 3U);
  BOOST_CHECK_EQUAL(version(), "1.0.2");
}

BOOST_AUTO_TEST_CASE(
    an_expectation_missed_by_entries_not_folded_yet_conflicts) {
  BOOST_REQUIRE(publish(request(draft(1))).accepted());
  auto x = request(draft(5));
  for (auto expected : {2U, 9U}) {
    x.expected_version = expected;
    auto number = static_cast<int>(10 * expected);
    auto y = publish_behind(x, {number, number + 1});
    BOOST_REQUIRE_EQUAL(y.refusal(), errc::conflict);
    auto current = "version is " + std::to_string(channel()->row.version) + ',';
    BOOST_CHECK(y.conclusion.answer.refused->message.find(current) !=
                std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_policy_set_id_is_an_assertion) {
  auto x = request(draft());
  x.policy_set_id = "another";
  auto y = publish(x);
  BOOST_CHECK_EQUAL(y.refusal(), errc::validation_failed);
  BOOST_CHECK_EQUAL(y.conclusion.answer.refused->pointer, "/policy_set_id");
  x.policy_set_id = "baseline";
  BOOST_CHECK(publish(x).accepted());
}

BOOST_AUTO_TEST_CASE(what_a_draft_is_for_must_exist) {
  for (auto change : std::vector<std::function<void(draft_request&)>>{
           [](auto& x) { x.client_id = "nobody"; },
           [](auto& x) { x.profile = "none"; },
           [](auto& x) { x.schema_ref = "claude-code/9.0.0"; }}) {
    auto x = request(draft());
    change(x.draft);
    BOOST_CHECK_EQUAL(publish(std::move(x)).refusal(), errc::not_found);
  }
}

BOOST_AUTO_TEST_CASE(a_profile_without_policy_takes_no_publication) {
  proposal_draft profile;
  profile.body = event::profile_put{client, "bare", 1, {}};
  say(std::move(profile));
  auto x = request(draft());
  x.draft.profile = "bare";
  BOOST_CHECK_EQUAL(publish(std::move(x)).refusal(), errc::unavailable);
}

BOOST_AUTO_TEST_CASE(a_policy_bound_meanwhile_makes_it_be_checked_again) {
  auto stricter = policy_text;
  auto replace = [&](std::string_view from, std::string_view to) {
    auto at = stricter.find(from);
    BOOST_REQUIRE(at != std::string::npos);
    stricter.replace(at, from.size(), to);
  };
  replace(R"("version": "1.0.0")", R"("version": "1.1.0")");
  replace(R"("check": "unpinned-package",
      "severity": "warning")",
          R"("check": "unpinned-package",
      "severity": "error")");
  put_policy("1.1.0", stricter);
  auto unpinned = request(R"({"mcpServers":{"a":{"type":"stdio",)"
                          R"("command":"npx","args":["-y","some-mcp"]}}})");
  published_answer out;
  auto x = make(unpinned, out);
  // Binds the stricter set after the first check and before the fold.
  auto checked = std::make_shared<int>(0);
  x->prepare = [this, checked, inner = x->prepare](const view& v) {
    auto made = inner(v);
    if (++*checked == 1) {
      proposal_draft binding;
      binding.body =
          event::policy_bound{client, "default", "baseline", "1.1.0"};
      inbox nobody;
      auto y = context();
      y.principal = facts.author(binding.body);
      append(*encode(binding, y, nobody));
    }
    return made;
  };
  submit(std::move(x));
  settle();
  BOOST_CHECK_EQUAL(*checked, 2);
  BOOST_CHECK_EQUAL(out.refusal(), errc::validation_failed);
  BOOST_REQUIRE(out.result.report);
  BOOST_CHECK_EQUAL(out.result.report->policy_version, "1.1.0");
  BOOST_CHECK(!channel());
}

BOOST_AUTO_TEST_CASE(writers_of_one_channel_all_get_through) {
  constexpr int n = 12;
  std::vector<published_answer> all(n);
  for (int i = 0; i < n; ++i)
    submit(make(request(draft(i)), all[static_cast<std::size_t>(i)]));
  settle();
  for (auto& x : all)
    BOOST_CHECK(x.accepted());
  BOOST_CHECK_EQUAL(channel()->row.version, static_cast<std::uint64_t>(n));
  BOOST_CHECK_EQUAL(version(), "1.0.11");
}

BOOST_AUTO_TEST_CASE(a_token_that_is_revoked_meanwhile_voids_the_publish) {
  auto token = facts.id<token_id>("token");
  proposal_draft issue;
  issue.body = event::token_issued{token, facts.publisher, {}, {}};
  say(std::move(issue));
  published_answer out;
  auto x = request(draft());
  x.token = token;
  auto y = make(std::move(x), out);
  y->context.token = token;
  y->prepare = [this, token, inner = y->prepare](const view& v) {
    auto made = inner(v);
    proposal_draft revocation;
    revocation.body = event::token_revoked{token};
    inbox nobody;
    auto z = context();
    z.principal = facts.author(revocation.body);
    append(*encode(revocation, z, nobody));
    return made;
  };
  submit(std::move(y));
  settle();
  BOOST_REQUIRE_EQUAL(out.count, 1);
  BOOST_REQUIRE(out.conclusion.answer.refused);
  BOOST_CHECK_EQUAL(out.conclusion.answer.refused->code, errc::unauthenticated);
  BOOST_CHECK(!channel());
}

BOOST_AUTO_TEST_CASE(a_judged_publish_asks_the_ledger_alone) {
  published_answer first;
  auto x = make(request(draft(1)), first);
  auto same = x->context;
  submit(std::move(x));
  settle();
  BOOST_REQUIRE(first.accepted());
  BOOST_REQUIRE(publish(request(draft(2))).accepted());
  published_answer again;
  auto repeated = request(draft(1));
  repeated.judged = true;
  auto y = make(std::move(repeated), again);
  y->context = same;
  submit(std::move(y));
  settle();
  BOOST_REQUIRE(again.accepted());
  BOOST_CHECK(again.conclusion.answer.replayed);
  BOOST_CHECK(again.conclusion.answer.index == first.conclusion.answer.index);
  BOOST_CHECK(!again.result.report);
}

BOOST_AUTO_TEST_SUITE_END()
