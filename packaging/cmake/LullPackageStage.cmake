# Run by cpack on the tree that it is about to pack: manual pages are compressed there, and pages that
# Debian has under other names (the licence in copyright, CHANGELOG.md in changelog.gz) are left out.
set(tree "${CPACK_TEMPORARY_INSTALL_DIRECTORY}")
file(GLOB_RECURSE pages "${tree}/usr/share/man/*.[1-8]")
list(SORT pages)
foreach(page ${pages})
  execute_process(COMMAND gzip -9n "${page}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
# Either of Debian 12's two packages of GLFW will do (deb-shlibs(5)).
file(WRITE "${CPACK_TEMPORARY_DIRECTORY}/debian/shlibs.local"
  "libglfw 3 libglfw3 (>= 3.3) | libglfw3-wayland (>= 3.3)\n")
file(REMOVE "${tree}/usr/share/doc/lull/LICENSE" "${tree}/usr/share/doc/lull/CHANGELOG.md")
