// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/base/result.h"
#include "core/platform/roots.h"

// Java programs of this user, and asking one to collect its garbage. HotSpot's attach protocol
// (jdk.attach, sun.tools.attach.VirtualMachineImpl; LinuxAttachOperation in the VM): a file
// .attach_pidN asks a VM that gets SIGQUIT to listen on a socket .java_pidN; there one request of
// four words that end in zero bytes is answered by a number, a line end and text.
namespace lull::platform {

struct JavaProgram {
  pid_t pid = 0;
  std::string name;                   // main class, or the jar's name without ".jar"
  std::string unit;                   // its unit of systemd, the last part of its control group
  std::uint64_t anonymous_bytes = 0;  // resident; the heap is most of it
  std::uint64_t swapped_bytes = 0;
  // Why it must not be asked: SIGQUIT ends a process that does not catch it. Empty: it may be.
  std::string unfit;
};

// Those that show themselves in hsperfdata of the user below `temp_dir` ("/tmp", whatever TMPDIR
// says) and have that very file mapped: that a number was a VM's once proves nothing. Sorted by
// pid. Blocks on the kernel's own files. Not on Linux: kUnavailable.
base::Result<std::vector<JavaProgram>> find_java_programs(const SystemRoots& roots, uid_t user_id,
                                                          const std::string& temp_dir = "/tmp");
// Full collection, then the C heap's free pages back to the system. The program stops meanwhile:
// some tenths of a second for each gigabyte. Found anew, checked, and only then signalled, by a
// descriptor of the process. `stop` is asked several times a second. Blocks: 10 s until it listens
// and 12 s for each of two answers, at most.
base::Status ask_to_collect(const JavaProgram& program, uid_t user_id,
                            const std::function<bool()>& stop,
                            const std::string& temp_dir = "/tmp");

// What the texts of /proc/PID say of a VM: all but its number. Pure, safe on any bytes; where a
// text does not say that SIGQUIT is caught, it counts as not caught.
JavaProgram describe_java_program(std::string_view status, std::string_view command_line,
                                  std::string_view cgroup);
// Main class or jar of a command line with words that end in zero bytes; empty if it has none.
// Pure.
std::string java_name(std::string_view command_line);
// Whether an answer of the protocol says that it was done. Pure.
bool is_done_answer(std::string_view answer);

}  // namespace lull::platform
