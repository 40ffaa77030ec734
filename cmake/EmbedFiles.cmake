# Writes files below ROOT that match PATTERNS (relative globs, separated by
# semicolons) into the C++ source OUT, as raw strings: the function FUNCTION of
# HEADER returns a span of TYPE, which is a path below ROOT and a text. A
# literal has a limit, so long files become several.
set(globs)
foreach(pattern IN LISTS PATTERNS)
  list(APPEND globs "${ROOT}/${pattern}")
endforeach()
file(GLOB_RECURSE names RELATIVE "${ROOT}" ${globs})
list(SORT names)
set(text "// Made by EmbedFiles.cmake.\n#include \"${HEADER}\"\n\n")
string(APPEND text "namespace signalbox {\n\n"
       "std::span<const ${TYPE}> ${FUNCTION}() {\n"
       "  static const ${TYPE} files[] = {\n")
foreach(name IN LISTS names)
  # Bracket and semicolon upset CMake's lists, not its strings.
  file(READ "${ROOT}/${name}" content)
  string(LENGTH "${content}" length)
  string(APPEND text "      {\"${name}\",\n")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${content}" ${at} 8000 piece)
    string(APPEND text "R\"~embed~(${piece})~embed~\"\n")
    math(EXPR at "${at} + 8000")
  endwhile()
  string(APPEND text "},\n")
endforeach()
string(APPEND text "  };\n  return files;\n}\n\n} // namespace signalbox\n")
file(WRITE "${OUT}" "${text}")
