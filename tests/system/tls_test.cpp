#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/api/certificate.hpp"
#include "tests/api/tls_client.hpp"
#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace {

struct tls_fixture {
  certificate_files files;
  test_ledger ledger;
  node_process node{ledger,
                    {"--tls-certificate", files.certificate_path.string(),
                     "--tls-key", files.key_path.string()}};

  std::string url(const std::string& host) const {
    return "https://" + host + ':' + std::to_string(node.port);
  }

  finished clients(const std::string& at, bool trusting = true) const {
    std::vector<std::string> words{"clients", "--json", "--url", at};
    if (trusting)
      words.insert(words.end(), {"--ca-file", files.certificate_path.string()});
    return ledger.signalbox(words);
  }

  long serial() const { return tls_client{node.port}.serial(); }

  template <class Condition>
  void wait_until(Condition holds) const {
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!holds() && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    BOOST_TEST(holds());
  }

  bool has_logged(const char* text) const {
    return node.log().find(text) != std::string::npos;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls, tls_fixture)

BOOST_AUTO_TEST_CASE(commands_speak_https_with_whom_they_trust) {
  BOOST_TEST(node.url.starts_with("https://"));
  for (auto* host : {"localhost", "127.0.0.1"}) {
    const auto listed = clients(url(host));
    BOOST_TEST(listed.status == 0, listed.err);
    BOOST_TEST(json::parse(listed.out).is_array());
  }
  write_text(ledger.place() / "draft.json",
             json::serialize(sample("codex", "no-servers")));
  const auto published = ledger.signalbox(
      {"publish", "codex", "default", (ledger.place() / "draft.json").string(),
       "--changelog", "Over TLS", "--url", url("localhost"), "--ca-file",
       files.certificate_path.string(), "--token-file",
       (ledger.data() / "admin.token").string()});
  BOOST_TEST(published.status == 0, published.err);
}

BOOST_AUTO_TEST_CASE(a_watch_goes_through_tls_fr10) {
  const temporary_directory place;
  const auto words = [&](std::vector<std::string> more) {
    std::vector<std::string> out{program.string(), "watch", "codex",
                                 "--json",         "--url", url("localhost")};
    out.insert(out.end(), more.begin(), more.end());
    return command_line{out, {}, {}};
  };
  const auto trust = files.certificate_path.string();
  child_process child{
      words({"--since", "start", "--count", "1", "--ca-file", trust}),
      place / "out", place / "err"};
  write_text(ledger.place() / "draft.json",
             json::serialize(sample("codex", "no-servers")));
  const auto published = ledger.signalbox(
      {"publish", "codex", "default", (ledger.place() / "draft.json").string(),
       "--changelog", "Over TLS", "--url", url("localhost"), "--ca-file", trust,
       "--token-file", (ledger.data() / "admin.token").string()});
  BOOST_TEST(published.status == 0, published.err);
  BOOST_TEST(child.wait() == 0, read_text(place / "err"));
  BOOST_TEST(
      json::parse(read_text(place / "out")).at("changelog").as_string() ==
      "Over TLS");
  const auto stranger = run(words({"--for", "20s"}));
  BOOST_TEST(stranger.status == 4, stranger.err);
  BOOST_TEST(stranger.err.find("not trusted") != std::string::npos,
             stranger.err);
}

BOOST_AUTO_TEST_CASE(a_server_that_nobody_vouches_for_gets_nothing) {
  const auto stranger = clients(url("localhost"), false);
  BOOST_TEST(stranger.status == 4);
  BOOST_TEST(stranger.err.find("not trusted") != std::string::npos,
             stranger.err);
  BOOST_TEST(stranger.err.find("--ca-file") != std::string::npos);
  files.put(certificate{4, 3600, "DNS:elsewhere.example"});
  node.signal(SIGHUP);
  wait_until([&] { return serial() == 4; });
  const auto other_name = clients(url("localhost"));
  BOOST_TEST(other_name.status == 4, other_name.err);
  const auto plain = clients("http://127.0.0.1:" + std::to_string(node.port));
  BOOST_TEST(plain.status != 0);
  const auto missing = ledger.signalbox(
      {"clients", "--url", url("localhost"), "--ca-file", "/nonexistent"});
  BOOST_TEST(missing.status == 3);
}

BOOST_AUTO_TEST_CASE(a_new_certificate_is_taken_on_sighup_and_by_itself) {
  tls_client before{node.port};
  files.put(certificate{2});
  node.signal(SIGHUP);
  wait_until([&] { return serial() == 2; });
  files.put(certificate{3});
  wait_until([&] { return serial() == 3; });
  BOOST_TEST(before.get("/healthz").result_int() == 200u);
  BOOST_TEST(before.serial() == 1);
  BOOST_TEST(has_logged("TLS certificate taken"));
  BOOST_TEST(clients(url("localhost")).status == 0);
  BOOST_TEST(node.stop() == 0);
}

BOOST_AUTO_TEST_CASE(a_bad_certificate_is_warned_of_and_not_taken) {
  files.put_key(certificate{5}.key_text());
  node.signal(SIGHUP);
  wait_until([&] { return has_logged("TLS certificate not taken"); });
  BOOST_TEST(has_logged("belongs to"));
  BOOST_TEST(serial() == 1);
  tls_client client{node.port};
  const auto metrics = client.get("/metrics").body();
  BOOST_TEST(metrics.find("\nsignalbox_tls_renewal_failures_total ") !=
             std::string::npos);
  BOOST_TEST(metrics.find("\nsignalbox_tls_renewal_failures_total 0\n") ==
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tls_start)

BOOST_AUTO_TEST_CASE(a_node_does_not_start_with_what_it_cannot_use) {
  const test_ledger ledger;
  const certificate_files files;
  const auto serve = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"serve", "--listen", "127.0.0.1:0", "--data",
                               ledger.data().string()});
    return ledger.signalbox(more);
  };
  const auto with_files = [&] {
    return serve({"--tls-certificate", files.certificate_path.string(),
                  "--tls-key", files.key_path.string()});
  };
  const auto alone = serve({"--tls-key", files.key_path.string()});
  BOOST_TEST(alone.status == 2);
  BOOST_TEST(alone.err.find("--tls-certificate") != std::string::npos);
  files.put_key(certificate{}.key_text());
  BOOST_TEST(with_files().status == 1);
  const certificate good;
  files.put(good);
  files.put_key(good.key_text(), 0644);
  const auto open = with_files();
  BOOST_TEST(open.status == 1);
  BOOST_TEST(open.err.find("chmod 600") != std::string::npos);
  files.put(certificate{1, -60});
  BOOST_TEST(with_files().err.find("expired") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
