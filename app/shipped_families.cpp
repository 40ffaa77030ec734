#include "app/family_sync.hpp"

namespace signalbox {

std::span<const std::string_view> shipped_descriptors() {
  // Only ever added to: a descriptor that changes gets a further line.
  static constexpr std::string_view all[] = {
      // claude-code
      "a97563a49f03bed17aa8df4551eeac522c97f61abca58e1d1322b108352d16b5",
      "176dbfaf0d7ef95db922fc8a9734317874771b15d985f6620d09b8bd28df0de4",
      // claude-desktop
      "7219b35d95975be527c4468289cb87a556b6fb48dcb73812721eb97ca9258e55",
      "60a7dd34d7408fbc3824977346db490868958b8623482a6ff91f505ec35c1e0d",
      // cline
      "d6308b0b6093f6c34dcf86c26a5f7e339319cab210158be226cf0784d2e95d70",
      "d2ea1899f91107dbfc77d9e2eff515b501471a0375cd7cffae91697de9e504ea",
      // codex
      "f687ab5f977479af4865a37c3f92d5a6b75aba0651fc9c875dbe15259e4f8310",
      "de7c93ffb3c51aeea5aa4dba0642ed1e7ab518b8002f191ecd58c803a93f941b",
      // copilot-cli
      "9f0fa4d07087af880242a4fda2a928fa55f6b62cd35302397549c3cb04507018",
      "1dc9589a72797dcd3ccf4a2ce560699cb8be0f5cec325cc68097005d17e78ef8",
      // cursor
      "c65a99ea1cb38008f64513cf73513c620b550de91feaa758d2d0d4f5c1842c2c",
      "03d75e5bf28bd4fbdff7c28a23142d42aa5451353f3ecaa3348a59380fe58f0b",
      // gemini-cli
      "b95295dcb121b248baa9d7fa9cf7d813a85060a0b4620f58fb0e902604d20282",
      "bc21875bbbe1e836f54aceb13984b66d87b1d6705e404082941f623a69fcd1ec",
      // goose
      "f9de5a8676ad421004c9a9641c72a01ac6b46046c12013c4894e62a306698220",
      "baf3e741045e8e8465095f2779452f17add02839a94f4a2ca4f77d581e4195a7",
      "625ecea7b2a8a058d6e853ead376a16ae226fade0f00eb57212168b637474331",
      // jetbrains-copilot
      "19f9f10196fca6afefabe12d844355b827df10d8cc981c4a8354580999920b3f",
      "44430f075c28c4e9fe88af42e60fa13f474c6adecda9b02f903c8642fb407056",
      // kiro
      "38681abff205c21580dab620daae64350f197b166ee2668fc274a0de59c67337",
      "ea572c4a198c3ce80b49514d55885bf3e35faf3ecbab7f78d45b2b8a6d3b6ae6",
      // opencode
      "78752663dea9d8faff7502d85257528f70e1454ee7654cda22709549c45b004f",
      "520c7f66f69b7f157a7c3b5e97a00b7ba73f8feb9f256c2cb7e25c0a81e3948e",
      // vscode
      "ad280a0ad9579caa77e327457457cb4fa8dc9bc266c7d3af8a99b4797305ec29",
      "a4198156f6e92193c4262605a00085686bd5f45a7da895193db1b9b9f8ea24cb",
      // windsurf
      "0f0707af0f19b4ba98278d9313dac5ee3883dbfb85f4cea2ebae28e41fcbc1d6",
      "6d757b5dc6954067e6d9e08ae5638743498e9ae29dd85c9df1d37b379216eabb",
      // zed
      "2b6211eaf9fbba44d9dc8c71503d6118ff4b0b3d7d9878d56e8573f2e972bff3",
      "12f13846641f93826ea8636757ff4a6b724c17f4d0575f7d94860d869c4a8f39",
  };
  return all;
}

} // namespace signalbox
