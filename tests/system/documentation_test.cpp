#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/system/document_reader.hpp"
#include "tests/system/engines.hpp"
#include "tests/system/node_process.hpp"

using namespace signalbox;
using namespace signalbox::test;

namespace fs = std::filesystem;

namespace {

const fs::path source{SIGNALBOX_SOURCE_DIR};
const fs::path docs = source / "docs";

/// `signalbox WORDS --help`; empty if there is no such command. Of two words
/// the second may be an argument.
std::string help_of(const std::vector<std::string>& path) {
  static std::map<std::string, std::string> known;
  std::string name;
  for (auto& word : path)
    name += ' ' + word;
  auto [at, fresh] = known.try_emplace(name);
  if (!fresh)
    return at->second;
  std::vector<std::string> words{program.string()};
  words.insert(words.end(), path.begin(), path.end());
  words.emplace_back("--help");
  const auto said = run({words, {}, {}});
  if (said.status == 0 &&
      said.out.find("Usage: signalbox" + name) != std::string::npos)
    at->second = said.out;
  return at->second;
}

/// The help of what a printed line calls; empty if there is none.
std::string help_for(const printed_command& x) {
  auto out = x.path.size() > 1 ? help_of({x.path[0], x.path[1]}) : "";
  return out.empty() ? help_of({x.path[0]}) : out;
}

bool knows(const std::string& help, const std::string& option) {
  return std::regex_search(help, std::regex{option + "( |\n)"});
}

/// Test cases of tests/system.
std::set<std::string> system_tests() {
  static const std::regex declared{
      R"(BOOST_(AUTO|FIXTURE|DATA)_TEST_CASE\(\s*(\w+))"};
  std::set<std::string> out;
  for (auto& file :
       fs::recursive_directory_iterator{source / "tests" / "system"}) {
    if (!file.is_regular_file())
      continue;
    const auto text = read_text(file.path());
    for (std::sregex_iterator i{text.begin(), text.end(), declared}, end;
         i != end; ++i)
      out.insert((*i)[2]);
  }
  return out;
}

bool has_id(const std::string& name, const std::string& id) {
  return std::regex_search(name, std::regex{"_" + id + "(_|$)"});
}

} // namespace

BOOST_AUTO_TEST_SUITE(documentation, *of_one_engine())

BOOST_FIXTURE_TEST_CASE(each_family_has_a_page_that_names_its_schemas_ac5_fr3,
                        node_fixture) {
  const auto served = node.get("clients").document.as_array();
  BOOST_REQUIRE(!served.empty());
  for (auto& family : served) {
    const auto id = std::string{family.at("client_id").as_string()};
    const auto file = docs / "client-families" / (id + ".md");
    BOOST_REQUIRE_MESSAGE(fs::exists(file), file);
    const auto page = read_text(file);
    for (auto& schema : family.at("schemas").as_array()) {
      const auto ref = std::string{schema.at("schema_ref").as_string()};
      BOOST_TEST(page.find("[`" + ref + "`]") != std::string::npos, ref);
      // The link leads to the very schema that is served.
      const auto version = ref.substr(ref.find('/') + 1);
      const auto link =
          "schemas/families/" + id + "/schema-" + version + ".json";
      BOOST_TEST(page.find(link) != std::string::npos, link);
      BOOST_CHECK(node.get("clients/" + id + "/schemas/" + version).document ==
                  json::parse(read_text(source / link)));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_link_between_documents_leads_somewhere_ac5) {
  std::size_t count = 0;
  for (auto& file : documents_below(source))
    for (auto& link : links_in(read_text(file))) {
      ++count;
      const auto target = file.parent_path() / link;
      BOOST_TEST(fs::exists(target), file << " links to " << link);
    }
  BOOST_TEST(count > 40u);
}

BOOST_AUTO_TEST_CASE(the_runbook_says_what_an_operator_must_know_ac5) {
  std::string headings;
  std::istringstream lines{read_text(docs / "operating.md")};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("## "))
      headings += line + '\n';
  for (auto* topic : {"Start", "[Bb]ack up", "[Rr]estore", "Rotate keys",
                      "Revoke a token", "[Ff]ull.* disk", "Lost root"})
    BOOST_TEST(std::regex_search(headings, std::regex{topic}), topic);
  const auto index = read_text(docs / "README.md");
  for (auto* document :
       {"operating.md", "policy-model.md", "client-families/README.md",
        "api.md", "deprecation.md", "acceptance.md"})
    BOOST_TEST(index.find(document) != std::string::npos, document);
}

BOOST_AUTO_TEST_CASE(every_printed_command_exists_with_its_options_ac5) {
  const std::map<std::string, std::size_t> least{{"README.md", 10},
                                                 {"docs/operating.md", 15},
                                                 {"docs/policy-model.md", 7},
                                                 {"docs/templates.md", 6},
                                                 {"docs/deprecation.md", 1}};
  for (auto& [name, count] : least) {
    const auto commands = commands_in(read_text(source / name));
    BOOST_TEST(commands.size() >= count, name << ' ' << commands.size());
    for (auto& x : commands) {
      const auto help = help_for(x);
      if (!x.named && help.empty())
        continue; // another program's
      BOOST_TEST(!help.empty(), name << ": " << x.text);
      for (auto& option : x.options)
        BOOST_TEST(knows(help, option), name << ": " << x.text);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_requirement_names_its_tests_and_they_exist_ac5) {
  const auto there = system_tests();
  std::map<std::string, std::set<std::string>> listed;
  for (auto& row : rows_of(read_text(docs / "acceptance.md"))) {
    BOOST_REQUIRE_EQUAL(row.size(), 3u);
    auto id = row[0];
    id.erase(std::remove(id.begin(), id.end(), '-'), id.end());
    std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) {
      return static_cast<char>(std::tolower(c));
    });
    for (auto& name : code_in(row[2])) {
      if (name.starts_with("ops/"))
        BOOST_TEST(fs::exists(source / name), name);
      else
        BOOST_TEST((there.contains(name) && has_id(name, id)),
                   row[0] << ": " << name);
      listed[id].insert(name);
    }
  }
  for (auto* id : {"ac1",      "ac2", "ac3", "ac4", "ac5", "uc1", "uc3", "uc4",
                   "section3", "c1",  "c2",  "c3",  "c4",  "c5",  "c6",  "c7",
                   "c8",       "c9",  "c10", "c11", "c13", "c14", "c15", "c16"})
    BOOST_TEST(!listed[id].empty(), id);
}

BOOST_AUTO_TEST_SUITE_END()
