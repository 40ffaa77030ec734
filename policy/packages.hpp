#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "policy/command_lines.hpp"

namespace signalbox {

/// A package that a command line fetches before it runs it.
struct fetched_package {
  std::size_t at;        ///< the node that it stands in
  std::string_view text; ///< as it stands there, with its version
  bool python = false;   ///< from PyPI, else from npm
};

/// What npx, bunx, pnpm dlx, yarn dlx, npm exec, uvx, uv tool run and pipx run
/// fetch in this command line, `cmd /c` and `env` before it passed over.
std::vector<fetched_package> packages_of(const command_line& line);

/// Whether the text is a path of the machine: nothing is fetched then.
bool is_local_package(std::string_view text);

/// A package's text taken apart.
struct package_name {
  std::string name;    ///< lower case; PyPI names as PEP 503 normalises them
  std::string version; ///< empty if none stands there
};

/// What comes from elsewhere than the registry (URLs, git, paths) has `other:`
/// and its whole text for a name, so that it cannot pose as a package; an alias
/// (`a@npm:b@1.0.0`) has the name of what is fetched.
package_name parse_package(std::string_view text, bool python);

/// A name, or a pattern for names, as PEP 503 normalises it.
std::string python_name(std::string_view text);

} // namespace signalbox
