#include "app/log_check.hpp"

#include <boost/test/unit_test.hpp>

#include "app/log_dump.hpp"
#include "app/offline_ledger.hpp"
#include "events/hash.hpp"
#include "events/json.hpp"
#include "events/record.hpp"
#include "storage/memory_log.hpp"
#include "storage/rocksdb_database.hpp"
#include "tests/app/program.hpp"

using namespace signalbox;
using test::run;
using test::workplace;

namespace {

/// A ledger and its log in memory, where records can be changed.
struct copied_log {
  workplace here;
  std::vector<byte_buffer> records;
  std::vector<timestamp> times;

  copied_log() { BOOST_REQUIRE_EQUAL(here.create().code, exit_code::ok); }

  void read() {
    const auto source = log_source::in_directory(here.data).value();
    BOOST_REQUIRE(source.log().read(log_index{0}, [&](auto& x) {
      records.push_back(to_buffer(x.record));
      times.push_back(x.append_time);
      return true;
    }));
  }

  /// Puts other parts in place of an entry's own.
  void replace_parts(std::size_t index, std::vector<record_part> parts) {
    const auto envelope = to_buffer(envelope_of(records[index]));
    records[index] = encode_record(envelope, parts);
  }

  result<checked_log> check(const log_demands& demands = {}) const {
    memory_log log;
    for (std::size_t i = 0; i < records.size(); ++i) {
      const byte_view one{records[i]};
      BOOST_REQUIRE(log.append({&one, 1}, times[i]));
    }
    return check_log(log, demands);
  }

  /// The first entry with parts.
  std::size_t with_parts() const {
    for (std::size_t i = 0; i < records.size(); ++i)
      if (!parts_of(records[i]).empty())
        return i;
    BOOST_FAIL("no entry has parts");
    return 0;
  }
};

/// Says that an artifact was published, under the node's own sealing key.
void publish(offline_ledger& ledger, std::string core, std::string seal) {
  proposal_draft out;
  event::artifact_published x;
  x.client_id = "vscode";
  x.profile = "default";
  x.major = 1;
  x.artifact = sha256(as_bytes(core));
  x.schema_ref = "vscode/1.0.0";
  x.version = "1.0.0";
  x.policy_set_id = "baseline";
  x.policy_version = "1.0.0";
  ledger.state().keys.for_each([&](auto& name, const key_row& row) {
    if (row.role == key_role::seal)
      x.key = *digest::from_hex(name.substr(name.find('/') + 1));
  });
  out.body = x;
  for (auto& part : {core, seal, std::string{"a changelog"}})
    out.add_part(part);
  const auto said = ledger.say(std::move(out));
  BOOST_REQUIRE_MESSAGE(said, said.error().message);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(log_check_test, copied_log)

BOOST_AUTO_TEST_CASE(a_sound_log_gives_the_hashes_of_its_node_nfr6) {
  read();
  const auto x = check();
  BOOST_REQUIRE(x);
  const auto ledger = offline_ledger::open(here.data).value();
  BOOST_TEST((x->chain == ledger->state().chain));
  BOOST_TEST((x->state == ledger->state().hash));
  BOOST_TEST(x->entries == test::entries_of_new_ledger());
  BOOST_TEST(x->keysets == 1u);
  BOOST_TEST(x->documents > test::seed_families());
  BOOST_TEST(x->redacted == 0u);
  BOOST_TEST(x->problem_count == 0u);
}

BOOST_AUTO_TEST_CASE(a_changed_content_is_named_with_its_entry_nfr6) {
  read();
  const auto at = with_parts();
  auto part = *parts_of(records[at])[0];
  auto text = to_buffer(part.bytes);
  text.front() ^= 1;
  replace_parts(at, {{part.salt, text}});
  const auto before = check_log(log_source::in_directory(here.data)->log(), {});
  const auto x = check();
  BOOST_REQUIRE(x);
  BOOST_REQUIRE(x->problem_count == 1u);
  BOOST_TEST(x->problems[0].index == at);
  BOOST_TEST(x->problems[0].what.find("part 0") != std::string::npos);
  // The chain covers envelopes alone, so that contents can be redacted.
  BOOST_TEST((x->chain == before->chain));
}

BOOST_AUTO_TEST_CASE(a_redacted_content_is_counted_and_no_problem) {
  read();
  replace_parts(with_parts(), {});
  const auto x = check();
  BOOST_REQUIRE(x);
  BOOST_TEST(x->redacted == 1u);
  BOOST_TEST(x->problem_count == 0u);
}

BOOST_AUTO_TEST_CASE(a_seal_that_does_not_verify_is_named_nfr6) {
  publish(*offline_ledger::open(here.data).value(), "{}", "no signature");
  read();
  const auto x = check();
  BOOST_REQUIRE(x);
  BOOST_TEST(x->artifacts == 0u);
  BOOST_REQUIRE(x->problem_count == 1u);
  BOOST_TEST(x->problems[0].index == records.size() - 1);
  BOOST_TEST(x->problems[0].what.find("signature") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_changed_envelope_is_another_history) {
  read();
  const auto whole = check().value();
  head_mark mark{log_index{records.size() - 1}, whole.chain};
  BOOST_TEST(check({.mark = mark})->problem_count == 0u);
  records.back().back() ^= 1; // malformed now, and so void
  const auto x = check({.mark = mark});
  BOOST_REQUIRE(x);
  BOOST_REQUIRE(x->problem_count == 1u);
  BOOST_TEST(x->problems[0].index == records.size() - 1);
  records.pop_back();
  const auto shorter = check({.mark = mark});
  BOOST_REQUIRE(shorter->problem_count == 1u);
  BOOST_TEST(shorter->problems[0].what.find("head file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_entry_that_cannot_be_read_ends_it_with_its_place) {
  {
    rocksdb_config config;
    config.directory = here.data / "db";
    BOOST_REQUIRE(rocksdb_database::open(std::move(config)).value()->flush());
  }
  std::filesystem::path largest;
  for (auto& x : std::filesystem::directory_iterator{here.data / "db"})
    if (x.path().extension() == ".sst" &&
        (largest.empty() || x.file_size() > file_size(largest)))
      largest = x.path();
  auto bytes = test::get_file(largest);
  bytes[bytes.size() / 2] ^= 0x40;
  test::put_file(largest, bytes);
  const auto x = run({"log", "verify", "--data", here.data.string()});
  BOOST_TEST(x.code == exit_code::failure);
  for (auto part : {"the log is sound up to entry ", "is damaged at entry ",
                    "from a backup"})
    BOOST_TEST(x.err.find(part) != std::string::npos, x.err);
}

BOOST_AUTO_TEST_CASE(another_ledger_than_the_pinned_one_is_a_problem) {
  read();
  BOOST_TEST(check({.ledger = random_id<ledger_id>()})->problem_count == 1u);
  BOOST_TEST(check({.root_fingerprint = random_id<digest>()})->problem_count ==
             1u);
}

BOOST_AUTO_TEST_CASE(the_command_judges_a_token_and_a_fingerprint) {
  const auto data = here.data.string();
  const auto token =
      to_string(offline_ledger::open(here.data).value()->seen().token());
  const auto sound =
      run({"log", "verify", "--data", data, "--token", token, "--json"});
  BOOST_TEST(sound.code == exit_code::ok, sound.err);
  BOOST_TEST((parse_json(sound.out)->at("sound") == json::value(true)));
  const auto other = run({"log", "verify", "--data", data, "--root-fingerprint",
                          random_id<digest>().hex()});
  BOOST_TEST(other.code == exit_code::refused);
  BOOST_TEST(other.err.find("entry 0") != std::string::npos, other.err);
  BOOST_TEST(other.err.find("another ledger") != std::string::npos, other.err);
  BOOST_TEST(other.err.find("backup") == std::string::npos, other.err);
  BOOST_TEST(run({"log", "verify"}).code == exit_code::usage);
}

BOOST_AUTO_TEST_CASE(a_dump_has_a_line_for_each_entry_and_no_content) {
  const auto token = test::get_file(here.data / "admin.token");
  const auto all = run({"log", "dump", "--data", here.data.string()});
  BOOST_REQUIRE_EQUAL(all.code, exit_code::ok);
  std::istringstream lines{all.out};
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto x = parse_json(line);
    BOOST_REQUIRE(x);
    BOOST_TEST((x->at("index") == json::value(count)));
    BOOST_TEST((x->at("outcome") == json::value("accepted")));
  }
  BOOST_TEST(count == test::entries_of_new_ledger());
  // Neither the token nor the text of a policy set or a schema.
  BOOST_TEST(all.out.find(token.substr(37, 20)) == std::string::npos);
  BOOST_TEST(all.out.find("\"rules\"") == std::string::npos);
  const auto some = run({"log", "dump", "--data", here.data.string(), "--from",
                         "2", "--to", "3"});
  BOOST_TEST(std::count(some.out.begin(), some.out.end(), '\n') == 2);
  BOOST_TEST(all.out.find(some.out) != std::string::npos);
  const auto behind =
      run({"log", "dump", "--data", here.data.string(), "--from", "100000"});
  BOOST_TEST(behind.code == exit_code::usage, behind.err);
}

BOOST_AUTO_TEST_SUITE_END()
