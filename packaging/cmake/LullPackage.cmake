# The Debian package: `cpack` in a build of the preset "package"; packaging/scripts/package does it all.
# Two builds of one commit give the same bytes: nothing in it knows when, where or by whom it was built.
set(LULL_DEB_RELEASE "1" CACHE STRING "The part of the package's version behind the dash")
# Whoever publishes the package puts an address there at which they can be reached.
set(LULL_MAINTAINER "The Lull authors <lull@lull.invalid>" CACHE STRING "Maintainer of the package")
set(LULL_DEB_VERSION "${PROJECT_VERSION}-${LULL_DEB_RELEASE}")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lull)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_CONTACT "${LULL_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "keeps memory and disk in order while nobody is waiting")
set(CPACK_PACKAGE_DESCRIPTION
"Lull is an agent for the panel that works in the lulls. It shows how the
machine is doing, frees memory and disk with one click, and keeps both in
order by itself while nobody is waiting.
.
What it cleans goes to the trash and can be given back; what it says it has
freed was measured afterwards. It runs as an ordinary user, connects to no
network, and costs next to nothing while the machine is idle. Everything can
be done by commands too, each with JSON output.")
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_INSTALL_CMAKE_PROJECTS
  "${PROJECT_BINARY_DIR};lull;lull;/" "${PROJECT_BINARY_DIR};lull;lull-deb;/")
set(CPACK_COMPONENTS_ALL lull lull-deb)
set(CPACK_SET_DESTDIR ON)  # some of it goes to /etc
set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/LullPackageStage.cmake")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE "${LULL_DEB_RELEASE}")
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The window draws letters with what fontconfig finds; a trash on other volumes needs nothing more.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "dbus-user-session, fonts-dejavu-core | fonts-noto-core")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

# (CMake takes SOURCE_DATE_EPOCH for the time, if that is set.)
string(TIMESTAMP LULL_DEB_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(debian "${PROJECT_SOURCE_DIR}/packaging/linux/debian")
set(made "${PROJECT_BINARY_DIR}/debian")
configure_file("${debian}/changelog.in" "${made}/changelog.Debian" @ONLY)
file(WRITE "${made}/conffiles" "/etc/lull/config.toml\n/etc/xdg/autostart/org.lull.Lull.Agent.desktop\n")
foreach(script postinst postrm)
  configure_file("${debian}/${script}" "${made}/${script}" COPYONLY
    FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endforeach()
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${made}/conffiles;${made}/postinst;${made}/postrm")

# Debian wants these compressed at its best; -n leaves out name and time.
foreach(page "${made}/changelog.Debian" "${PROJECT_SOURCE_DIR}/CHANGELOG.md")
  cmake_path(GET page FILENAME name)
  string(REPLACE "CHANGELOG.md" changelog name "${name}")
  add_custom_command(OUTPUT "${made}/${name}.gz"
    COMMAND gzip -9nc "${page}" > "${made}/${name}.gz" DEPENDS "${page}" VERBATIM)
  list(APPEND packed "${made}/${name}.gz")
endforeach()
add_custom_target(debian_pages ALL DEPENDS ${packed})
install(FILES ${packed} "${debian}/copyright"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT lull-deb EXCLUDE_FROM_ALL)
install(FILES "${debian}/lintian-overrides"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/lintian/overrides" RENAME lull COMPONENT lull-deb EXCLUDE_FROM_ALL)
install(FILES "${LULL_MANUAL_DIR}/config.toml"
  DESTINATION /etc/lull COMPONENT lull-deb EXCLUDE_FROM_ALL)
include(CPack)
