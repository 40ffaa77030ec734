#include "projections/audit_record.hpp"

#include <boost/test/unit_test.hpp>

#include "projections/audit_filter.hpp"
#include "tests/projections/ledger_fixture.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

/// A ledger with the view of an auditor. The envelopes lie in the log without
/// their parts, as in a copy that was redacted.
struct audited_ledger : ready_ledger {
  std::shared_ptr<const view> seen() {
    for (; noted < log.size(); ++noted) {
      auto x = decode_envelope(log[noted].envelope);
      builder.note(x ? &x->body : nullptr);
    }
    return builder.build(state);
  }

  audit_record record(std::uint64_t index) {
    auto out = describe_entry(*seen(), log_index{index}, log[index].envelope);
    if (out.release)
      complete(out, log[to_integer(*out.release)].envelope);
    return out;
  }

  std::uint64_t last_index() const { return log.size() - 1; }

  view_builder builder{[](log_index, std::size_t) -> result<std::string> {
    return failure{errc::not_found, "no parts here"};
  }};
  std::size_t noted = 0;
};

} // namespace

namespace signalbox {
std::ostream& operator<<(std::ostream& out, audit_status x) {
  return out << to_string(x);
}
} // namespace signalbox

BOOST_FIXTURE_TEST_SUITE(audit_records, audited_ledger)

BOOST_AUTO_TEST_CASE(a_release_names_signer_publisher_and_policy_fr12) {
  publish(1, "1.0.0");
  const auto x = record(last_index());
  BOOST_TEST(x.kind == "artifact_published");
  BOOST_TEST(x.status == audit_status::current);
  BOOST_TEST(x.result == outcome::accepted);
  BOOST_CHECK(x.artifact == artifact(1));
  BOOST_CHECK(x.key == keys.first.public_part().key_id());
  BOOST_CHECK(x.principal == publisher);
  BOOST_CHECK(x.node == node);
  BOOST_TEST(x.version == "1.0.0");
  BOOST_TEST(x.policy_set_id == policy);
  BOOST_TEST(x.policy_version == "1.0.0");
  BOOST_TEST(x.channel_version.value() == 1u);
  BOOST_TEST(!x.text.has_value());
}

BOOST_AUTO_TEST_CASE(the_status_follows_the_channel_fr12) {
  publish(1, "1.0.0");
  const auto first = last_index();
  publish(2, "1.0.1");
  const auto second = last_index();
  BOOST_TEST(record(first).status == audit_status::superseded);
  BOOST_TEST(record(second).status == audit_status::current);
  revert(1);
  const auto back = last_index();
  BOOST_TEST(record(first).status == audit_status::current);
  BOOST_TEST(record(second).status == audit_status::reverted);
  BOOST_TEST(record(back).status == audit_status::current);
  publish(3, "1.0.2");
  BOOST_TEST(record(first).status == audit_status::superseded);
  BOOST_TEST(record(second).status == audit_status::reverted);
  BOOST_TEST(record(back).status == audit_status::superseded);
}

BOOST_AUTO_TEST_CASE(a_revert_takes_version_and_policy_from_its_release) {
  publish(1, "1.0.0");
  publish(2, "1.0.1");
  revert(1, true);
  const auto x = record(last_index());
  BOOST_TEST(x.kind == "channel_reverted");
  BOOST_TEST(x.version == "1.0.0");
  BOOST_TEST(x.policy_version == "1.0.0");
  BOOST_TEST(x.forced);
  BOOST_CHECK(x.principal == operator_id);
}

BOOST_AUTO_TEST_CASE(a_void_release_names_what_it_lost_to) {
  publish(1, "1.0.0");
  const auto first = last_index();
  BOOST_TEST(publish(1, "1.0.1") == outcome::unchanged);
  auto lost = record(last_index());
  BOOST_TEST(lost.status == audit_status::void_entry);
  BOOST_TEST(lost.result == outcome::unchanged);
  BOOST_TEST(to_integer(lost.winner.value()) == first);
  publish(2, "1.0.1");
  BOOST_TEST(publish(1, "1.0.2") == outcome::already_released);
  lost = record(last_index());
  BOOST_TEST(to_integer(lost.winner.value()) == first);
  BOOST_TEST(!lost.channel_version.has_value());
}

BOOST_AUTO_TEST_CASE(what_does_not_decode_is_a_record_too) {
  append_bytes({1, 2, 3});
  const auto x = record(last_index());
  BOOST_TEST(x.kind == "unknown");
  BOOST_TEST(x.result == outcome::malformed);
  BOOST_TEST(x.status == audit_status::void_entry);
}

BOOST_AUTO_TEST_CASE(every_event_is_described_whatever_its_type) {
  issue_token(1, publisher);
  revoke_token(1);
  tick();
  for (std::uint64_t i = 0; i <= last_index(); ++i)
    BOOST_TEST(record(i).kind != "unknown", i);
}

BOOST_AUTO_TEST_CASE(sight_depends_on_the_role_nfr7) {
  using sight = audit_reader::sight;
  const auto mask = [](role x) { return static_cast<role_mask>(x); };
  BOOST_CHECK(reader_of({}, 0).sees == sight::releases);
  BOOST_CHECK(reader_of({}, mask(role::reader)).sees == sight::releases);
  BOOST_CHECK(reader_of({}, mask(role::auditor)).sees == sight::everything);
  BOOST_CHECK(reader_of({}, mask(role::administrator)).sees ==
              sight::everything);
  const auto mine = reader_of(publisher, mask(role::publisher));
  BOOST_CHECK(mine.sees == sight::own_too);
  publish(1, "1.0.0");
  const auto released = record(last_index());
  publish(1, "1.0.1");
  const auto lost = record(last_index());
  issue_token(1, publisher);
  const auto issued = record(last_index());
  const auto stranger = reader_of({}, 0);
  BOOST_TEST(may_see(stranger, released));
  BOOST_TEST(!may_see(stranger, lost));
  BOOST_TEST(may_see(mine, lost));
  BOOST_TEST(!may_see(mine, issued));
  const auto other = reader_of(operator_id, mask(role::operator_role));
  BOOST_TEST(!may_see(other, lost));
  BOOST_TEST(may_see(reader_of({}, mask(role::auditor)), issued));
}

BOOST_AUTO_TEST_CASE(times_choose_a_range_of_entries_fr13) {
  publish(1, "1.0.0");
  publish(2, "1.0.1");
  const auto now_seen = seen();
  const auto time = [&](std::uint64_t i) {
    return timestamp{now_seen->past->marks[i].log_time};
  };
  const auto newest = last_index();
  audit_filter x;
  BOOST_CHECK(range_of(*now_seen, x) == std::pair(0ul, now_seen->size));
  x.from = time(newest);
  BOOST_CHECK(range_of(*now_seen, x) == std::pair(newest, newest + 1));
  x.to = x.from;
  BOOST_CHECK(range_of(*now_seen, x) == std::pair(newest, newest));
  x.from = time(newest) + 1;
  x.to = std::nullopt;
  BOOST_TEST(range_of(*now_seen, x).first == newest + 1);
  x.from = time(2);
  x.to = time(1);
  const auto none = range_of(*now_seen, x);
  BOOST_TEST(none.first == none.second);
  BOOST_CHECK(changes_within(*now_seen, newest, newest + 1) ==
              std::pair(1ul, 2ul));
  BOOST_CHECK(changes_within(*now_seen, 0, 3) == std::pair(0ul, 0ul));
}

BOOST_AUTO_TEST_CASE(a_filter_names_what_it_wants_fr13) {
  publish(1, "1.0.0");
  const auto x = record(last_index());
  const auto fits = [&](auto set) {
    audit_filter filter;
    set(filter);
    return matches(filter, x);
  };
  BOOST_TEST(fits([](auto&) {}));
  BOOST_TEST(fits([](auto& f) { f.client_id = client; }));
  BOOST_TEST(!fits([](auto& f) { f.client_id = "other"; }));
  BOOST_TEST(!fits([](auto& f) { f.profile = "prod"; }));
  BOOST_TEST(fits([](auto& f) { f.version = "1.0.0"; }));
  BOOST_TEST(!fits([](auto& f) { f.version = "1.0.1"; }));
  BOOST_TEST(fits([](auto& f) { f.artifact = artifact(1); }));
  BOOST_TEST(!fits([](auto& f) { f.artifact = artifact(2); }));
  BOOST_TEST(fits([&](auto& f) { f.publisher = publisher; }));
  BOOST_TEST(!fits([&](auto& f) { f.publisher = operator_id; }));
  BOOST_TEST(fits([](auto& f) { f.kinds = {"tick", "artifact_published"}; }));
  BOOST_TEST(!fits([](auto& f) { f.kinds = {"tick"}; }));
}

BOOST_AUTO_TEST_SUITE_END()
