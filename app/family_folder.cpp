#include "app/family_folder.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "app/draft_problem.hpp"
#include "app/files.hpp"
#include "app/json_text.hpp"
#include "app/seeds.hpp"

namespace signalbox {

namespace fs = std::filesystem;

namespace {

constexpr json_limits file_limits{1024 * 1024, 64};
constexpr std::size_t max_files = 1000;

/// Texts by their path below the folder, with `/`.
using folder_texts = std::map<std::string, std::string>;

result<json::value> parse_file(const std::string& name,
                               const std::string& text) {
  auto out = parse_json(text, file_limits);
  if (!out)
    return explain_draft(name, text, out.error());
  return out;
}

/// samples/valid/x.json and samples/1.0.0/valid/x.json go to the members of
/// `samples` that they are named after, without `.json`.
result<void> add_sample(json::object& samples, std::string_view path,
                        const std::string& text) {
  auto document = parse_file(std::string{path}, text);
  if (!document)
    return document.error();
  path.remove_prefix(path.find('/') + 1);
  path.remove_suffix(std::string_view{".json"}.size());
  auto* where = &samples;
  for (auto slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/')) {
    auto& inner = (*where)[path.substr(0, slash)];
    if (!inner.is_object())
      inner = json::object{};
    where = &inner.get_object();
    path.remove_prefix(slash + 1);
  }
  (*where)[path] = std::move(*document);
  return {};
}

/// The schemas that the descriptor names and that lie beside it; the others may
/// be known to the ledger.
result<json::object> read_schemas(const json::value& descriptor,
                                  const folder_texts& files) {
  json::object out;
  for (auto& listed : elements(at(descriptor, "schemas"))) {
    auto name = text_at(listed, "file");
    auto i = files.find(name);
    if (i == files.end() || name == "family.json")
      continue;
    auto document = parse_file(name, i->second);
    if (!document)
      return document.error();
    out[name] = std::move(*document);
  }
  return out;
}

result<json::object> to_package(const folder_texts& files) {
  auto own = files.find("family.json");
  if (own == files.end())
    return failure{errc::not_found, "family.json: there is no such file; a "
                                    "folder of a family has it, see "
                                    "schemas/families"};
  auto descriptor = parse_file("family.json", own->second);
  if (!descriptor)
    return descriptor.error();
  auto schemas = read_schemas(*descriptor, files);
  if (!schemas)
    return schemas.error();
  json::object samples;
  for (auto i = files.lower_bound("samples/");
       i != files.end() && i->first.starts_with("samples/"); ++i)
    if (auto added = add_sample(samples, i->first, i->second); !added)
      return added.error();
  return json::object{{"descriptor", std::move(*descriptor)},
                      {"schemas", std::move(*schemas)},
                      {"samples", std::move(samples)}};
}

result<folder_texts> read_texts(const fs::path& folder) {
  folder_texts out;
  std::error_code error;
  for (fs::recursive_directory_iterator i{folder, error}, end;
       !error && i != end; i.increment(error)) {
    if (!i->is_regular_file() || i->path().extension() != ".json")
      continue;
    if (out.size() == max_files)
      return failure{errc::too_large,
                     folder.string() + ": more than 1000 files"};
    auto text = read_file(i->path(), file_limits.bytes);
    if (!text)
      return text.error();
    out[i->path().lexically_relative(folder).generic_string()] =
        std::move(*text);
  }
  if (error)
    return failure{errc::not_found, folder.string() + ": " + error.message()};
  return out;
}

} // namespace

result<json::object> read_family_folder(const fs::path& folder) {
  auto files = read_texts(folder);
  if (!files)
    return files.error();
  return to_package(*files);
}

result<json::object> seed_family(std::string_view client_id) {
  auto prefix = "families/" + std::string{client_id} + '/';
  folder_texts files;
  for (auto& x : seed_files())
    if (x.path.starts_with(prefix))
      files[std::string{x.path.substr(prefix.size())}] = std::string{x.text};
  auto out = to_package(files);
  if (!out)
    return failure{errc::bug,
                   "the built-in " + prefix + ": " + out.error().message};
  return out;
}

result<void> write_family_folder(const fs::path& folder,
                                 const json::value& descriptor,
                                 const json::object& schemas) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return failure{errc::io, folder.string() + ": " + error.message()};
  // The names come from a server, which is not to be trusted with the disk.
  for (auto& [name, document] : schemas)
    if (const fs::path plain{std::string{name}}; plain.empty() ||
                                                 plain != plain.filename() ||
                                                 name == "." || name == "..")
      return failure{errc::unavailable,
                     "the server names a schema's file '" + std::string{name} +
                         "', which is no plain file name: nothing was written"};
  for (auto& [name, document] : schemas)
    if (auto done =
            write_file(folder / std::string{name}, to_pretty(document) + '\n');
        !done)
      return done;
  return write_file(folder / "family.json", to_pretty(descriptor) + '\n');
}

} // namespace signalbox
