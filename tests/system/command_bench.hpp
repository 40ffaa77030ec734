#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/system/node_process.hpp"

namespace signalbox::test {

namespace fs = std::filesystem;

inline bool says(const std::string& text, std::string_view what) {
  return text.find(what) != text.npos;
}

/// A node, and the program as its users run it.
struct command_bench : node_fixture {
  finished ask(std::vector<std::string> words, const std::string& token) const {
    words.insert(words.begin(), program.string());
    words.insert(words.end(), {"--url", node.url});
    return run({words,
                {"SIGNALBOX_PASSPHRASE=correct horse battery staple",
                 "SIGNALBOX_TOKEN=" + token},
                ledger.place()});
  }
  finished admin(std::vector<std::string> words) const {
    return ask(std::move(words), ledger.admin);
  }
  finished nobody(std::vector<std::string> words) const {
    return ask(std::move(words), "");
  }

  std::string file(const std::string& name) const {
    return (ledger.place() / name).string();
  }

  void rotate() const {
    const auto done =
        admin({"keys", "rotate", "--online", "--data", ledger.data()});
    BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  }

  std::string seal_of(const std::string& client) const {
    return node.get(config_path(client)).text("/signature/key_id");
  }
};

} // namespace signalbox::test
