#include "app/family_sync.hpp"

namespace signalbox {

std::span<const std::string_view> shipped_descriptors() {
  // Only ever added to: a descriptor that changes gets a further line.
  static constexpr std::string_view all[] = {
      // claude-code
      "a97563a49f03bed17aa8df4551eeac522c97f61abca58e1d1322b108352d16b5",
      // claude-desktop
      "7219b35d95975be527c4468289cb87a556b6fb48dcb73812721eb97ca9258e55",
      // cline
      "d6308b0b6093f6c34dcf86c26a5f7e339319cab210158be226cf0784d2e95d70",
      // codex
      "f687ab5f977479af4865a37c3f92d5a6b75aba0651fc9c875dbe15259e4f8310",
      // copilot-cli
      "9f0fa4d07087af880242a4fda2a928fa55f6b62cd35302397549c3cb04507018",
      // cursor
      "c65a99ea1cb38008f64513cf73513c620b550de91feaa758d2d0d4f5c1842c2c",
      // gemini-cli
      "b95295dcb121b248baa9d7fa9cf7d813a85060a0b4620f58fb0e902604d20282",
      // goose
      "f9de5a8676ad421004c9a9641c72a01ac6b46046c12013c4894e62a306698220",
      // jetbrains-copilot
      "19f9f10196fca6afefabe12d844355b827df10d8cc981c4a8354580999920b3f",
      // kiro
      "38681abff205c21580dab620daae64350f197b166ee2668fc274a0de59c67337",
      // opencode
      "78752663dea9d8faff7502d85257528f70e1454ee7654cda22709549c45b004f",
      // vscode
      "ad280a0ad9579caa77e327457457cb4fa8dc9bc266c7d3af8a99b4797305ec29",
      // windsurf
      "0f0707af0f19b4ba98278d9313dac5ee3883dbfb85f4cea2ebae28e41fcbc1d6",
      // zed
      "2b6211eaf9fbba44d9dc8c71503d6118ff4b0b3d7d9878d56e8573f2e972bff3",
  };
  return all;
}

} // namespace signalbox
