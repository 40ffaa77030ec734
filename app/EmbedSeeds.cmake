# Writes the families and policy sets below ROOT into the C++ source OUT, as
# raw strings; a literal has a limit, so long files become several.
file(GLOB_RECURSE names RELATIVE "${ROOT}" "${ROOT}/families/*/family.json"
     "${ROOT}/families/*/schema-*.json" "${ROOT}/policies/*.json")
list(SORT names)
set(text "// Made by EmbedSeeds.cmake.\n#include \"app/seeds.hpp\"\n\n")
string(APPEND text "namespace signalbox {\n\n"
       "std::span<const seed_file> seed_files() {\n"
       "  static const seed_file files[] = {\n")
foreach(name IN LISTS names)
  # Bracket and semicolon upset CMake's lists, not its strings.
  file(READ "${ROOT}/${name}" content)
  string(LENGTH "${content}" length)
  string(APPEND text "      {\"${name}\",\n")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${content}" ${at} 8000 piece)
    string(APPEND text "R\"~seed~(${piece})~seed~\"\n")
    math(EXPR at "${at} + 8000")
  endwhile()
  string(APPEND text "},\n")
endforeach()
string(APPEND text "  };\n  return files;\n}\n\n} // namespace signalbox\n")
file(WRITE "${OUT}" "${text}")
