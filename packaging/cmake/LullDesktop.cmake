# What makes Lull a part of a Linux desktop: unit of the user's service manager, autostart, menu entry,
# icons, metainfo, and the example of the settings for everybody. Sources are in packaging/linux.
set(LULL_SYSTEMD_USER_UNIT_DIR "lib/systemd/user" CACHE STRING "Where units of user managers go, below the prefix")
# Addresses that only whoever publishes Lull knows; without them the metainfo has none.
set(LULL_HOMEPAGE "" CACHE STRING "Web page of the project")
set(LULL_PICTURES_URL "" CACHE STRING "Where packaging/pictures can be fetched")
# Of the version, in the metainfo. (CMake takes SOURCE_DATE_EPOCH for the time, if that is set.)
string(TIMESTAMP LULL_RELEASE_DATE "%Y-%m-%d" UTC)

set(LULL_METAINFO_LINKS "")
if(LULL_HOMEPAGE)
  string(APPEND LULL_METAINFO_LINKS "  <url type=\"homepage\">${LULL_HOMEPAGE}</url>\n")
endif()
if(LULL_PICTURES_URL)
  string(APPEND LULL_METAINFO_LINKS
    "  <screenshots>\n"
    "    <screenshot type=\"default\">\n"
    "      <caption>The window: memory, pressure, and what can be cleaned</caption>\n"
    "      <image>${LULL_PICTURES_URL}/popover-dark.png</image>\n"
    "    </screenshot>\n"
    "    <screenshot>\n"
    "      <caption>The result of an optimize, with Undo</caption>\n"
    "      <image>${LULL_PICTURES_URL}/popover-light.png</image>\n"
    "    </screenshot>\n"
    "    <screenshot>\n"
    "      <caption>The settings, each with its explanation</caption>\n"
    "      <image>${LULL_PICTURES_URL}/settings.png</image>\n"
    "    </screenshot>\n"
    "  </screenshots>\n")
endif()

# lull_from_template(lull.service): fills packaging/linux/lull.service.in in.
function(lull_from_template name)
  configure_file("${PROJECT_SOURCE_DIR}/packaging/linux/${name}.in"
    "${PROJECT_BINARY_DIR}/linux/${name}" @ONLY)
endfunction()
foreach(name lull.service start-session org.lull.Lull.Agent.desktop org.lull.Lull.desktop
             org.lull.Lull.metainfo.xml)
  lull_from_template(${name})
endforeach()

install(FILES "${PROJECT_BINARY_DIR}/linux/lull.service"
  DESTINATION "${LULL_SYSTEMD_USER_UNIT_DIR}" COMPONENT lull)
install(PROGRAMS "${PROJECT_BINARY_DIR}/linux/start-session"
  DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/lull" COMPONENT lull)
install(FILES "${PROJECT_BINARY_DIR}/linux/org.lull.Lull.Agent.desktop"
  DESTINATION "${CMAKE_INSTALL_FULL_SYSCONFDIR}/xdg/autostart" COMPONENT lull)
if(TARGET manual)
  # (Packages put it into /etc/lull: only they know what an administrator has changed there.)
  install(FILES "${LULL_MANUAL_DIR}/config.toml"
    DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples" COMPONENT lull)
endif()
if(TARGET lull-popover)
  install(FILES "${PROJECT_BINARY_DIR}/linux/org.lull.Lull.desktop"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/applications" COMPONENT lull)
  install(FILES "${PROJECT_BINARY_DIR}/linux/org.lull.Lull.metainfo.xml"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/metainfo" COMPONENT lull)
  set(icons "${PROJECT_SOURCE_DIR}/packaging/linux/icons")
  install(FILES "${icons}/org.lull.Lull.svg"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps" COMPONENT lull)
  install(FILES "${icons}/org.lull.Lull-symbolic.svg"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/icons/hicolor/symbolic/apps" COMPONENT lull)
endif()
