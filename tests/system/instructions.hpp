#pragma once

#include <string>
#include <utility>
#include <vector>

#include "events/bytes.hpp"
#include "events/json.hpp"
#include "tests/system/node_process.hpp"

namespace signalbox::test {

/// What a stranger holds who verifies an artifact.
struct evidence {
  std::string what; ///< for messages
  std::string artifact;
  std::string keyset;
  std::string fingerprint;
  std::string seen = "0";
};

/// What the three programs of docs/verification.md say about one evidence.
struct verdicts {
  bool openssl = false;
  bool node = false;
  bool python = false;
  std::string reasons;

  bool all() const { return openssl && node && python; }
  bool none() const { return !openssl && !node && !python; }
};

/// The lines of a fenced block of docs/verification.md, as they are printed.
inline std::string printed_lines(std::string_view language) {
  const auto text = read_text(std::filesystem::path{SIGNALBOX_SOURCE_DIR} /
                              "docs" / "verification.md");
  const auto mark = "\n```" + std::string{language} + "\n";
  const auto from = text.find(mark);
  if (from == text.npos)
    throw std::runtime_error{"no block of " + std::string{language}};
  const auto begin = from + mark.size();
  return text.substr(begin, text.find("\n```", begin) + 1 - begin);
}

/// Runs those lines on many evidences. Node and Python load them anew for each
/// in one process, bash starts a shell for each: the lines are the same, the
/// start of an interpreter is saved.
class instructions {
 public:
  instructions() {
    write_text(place_ / "verify.sh", printed_lines("bash"));
    write_text(place_ / "verify.mjs", printed_lines("js"));
    write_text(place_ / "verify.py", printed_lines("python"));
  }

  std::vector<verdicts> judge(const std::vector<evidence>& all) {
    std::vector<std::string> names;
    for (auto& x : all) {
      names.push_back(std::to_string(count_++));
      const auto place = place_ / names.back();
      std::filesystem::create_directory(place);
      write_text(place / "artifact.json", x.artifact);
      write_text(place / "keyset.json", x.keyset);
      write_text(place / "fingerprint", x.fingerprint);
      write_text(place / "seen", x.seen);
    }
    const auto drivers =
        std::filesystem::path{SIGNALBOX_SOURCE_DIR} / "tests" / "system";
    std::vector<verdicts> out(all.size());
    judge_by({"bash", drivers / "verify_each.sh"}, names, out,
             &verdicts::openssl);
    judge_by({"node", drivers / "verify_each.mjs"}, names, out,
             &verdicts::node);
    judge_by({"python3", drivers / "verify_each.py"}, names, out,
             &verdicts::python);
    return out;
  }

  verdicts judge(const evidence& x) { return judge(std::vector{x}).front(); }

  /// One of the three as a reader of the document would run it: its status.
  finished by_hand(const evidence& x, const std::string& language) {
    const auto dir = place_ / ("hand-" + std::to_string(count_++));
    std::filesystem::create_directory(dir);
    write_text(dir / "artifact.json", x.artifact);
    write_text(dir / "keyset.json", x.keyset);
    std::vector<std::string> words{"bash", "../verify.sh"};
    if (language != "bash")
      words = {language == "js" ? "node" : "python3",
               language == "js" ? "../verify.mjs" : "../verify.py",
               x.fingerprint, "artifact.json", "keyset.json"};
    return run({words, {"FINGERPRINT=" + x.fingerprint}, dir});
  }

 private:
  void judge_by(std::vector<std::string> words,
                const std::vector<std::string>& names,
                std::vector<verdicts>& out, bool verdicts::*which) {
    const auto language = words[0];
    words.insert(words.end(), names.begin(), names.end());
    const auto said = run({words, {}, place_.path()});
    std::istringstream lines{said.out};
    for (auto& x : out) {
      std::string line;
      if (!std::getline(lines, line) ||
          !(line == "yes" || line.starts_with("no")))
        throw std::runtime_error{language + " said '" + line + "' " + said.err};
      x.*which = line == "yes";
      x.reasons += language + ": " + line + "; ";
    }
  }

  temporary_directory place_;
  std::size_t count_ = 0;
};

/// Whether a member more in an object or an array is a change: not in an
/// envelope, where what is unknown is ignored because it says nothing.
enum class additions { no, yes };

/// The same JSON text with one leaf changed, once for each leaf; the name says
/// which. Canonical, as everything that is signed here.
inline std::vector<std::pair<std::string, std::string>>
changed_leaves(const std::string& text, additions with) {
  std::vector<std::pair<std::string, std::string>> out;
  auto document = *parse_json(text, {4 * 1024 * 1024, 48});
  const auto change = [](json::value& x) {
    if (x.is_string()) {
      auto& s = x.get_string();
      if (s.empty())
        s = "x";
      else
        s[0] = s[0] == 'B' ? 'C' : 'B';
    } else if (x.is_bool()) {
      x = !x.get_bool();
    } else if (x.is_null()) {
      x = false;
    } else if (x.is_double()) {
      x = x.get_double() * 2 + 1;
    } else if (x.is_array()) {
      x.get_array().emplace_back("more");
    } else if (x.is_object()) {
      x.get_object()["more"] = true;
    } else {
      x = x.to_number<std::int64_t>() + 1;
    }
  };
  const auto visit = [&](auto& self, json::value& x,
                         const std::string& path) -> void {
    const bool leaf = !x.is_object() && !x.is_array();
    if (leaf || with == additions::yes) {
      const auto before = x;
      change(x);
      out.emplace_back(path.empty() ? "/" : path, to_canonical(document));
      x = before;
    }
    if (x.is_object())
      for (auto& member : x.get_object())
        self(self, member.value(), path + '/' + std::string{member.key()});
    if (x.is_array())
      for (std::size_t i = 0; i < x.get_array().size(); ++i)
        self(self, x.get_array()[i], path + '/' + std::to_string(i));
  };
  visit(visit, document, "");
  return out;
}

} // namespace signalbox::test
