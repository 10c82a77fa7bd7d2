# What `cmake --install` puts where (GNUInstallDirs). CMAKE_INSTALL_PREFIX may be anything.
if(NOT TARGET lull)
  return()
endif()
if(APPLE)
  set_target_properties(lull PROPERTIES
    MACOSX_BUNDLE ON
    MACOSX_BUNDLE_INFO_PLIST "${PROJECT_SOURCE_DIR}/Info.plist"
    MACOSX_BUNDLE_GUI_IDENTIFIER org.lull.Lull
    MACOSX_BUNDLE_BUNDLE_NAME Lull
    MACOSX_BUNDLE_SHORT_VERSION_STRING "${PROJECT_VERSION}"
    MACOSX_BUNDLE_BUNDLE_VERSION "${PROJECT_VERSION}")
endif()
install(TARGETS lull
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT lull
  BUNDLE DESTINATION . COMPONENT lull)
foreach(helper lull-x11-presence lull-wayland-presence)
  if(TARGET ${helper})
    install(TARGETS ${helper} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT lull)
  endif()
endforeach()
if(TARGET lull-popover)
  install(TARGETS lull-popover RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT lull)
endif()
# The program itself writes its completions, when it was built and can run here.
if(NOT CMAKE_CROSSCOMPILING)
  set(completions "${PROJECT_BINARY_DIR}/completions")
  file(MAKE_DIRECTORY "${completions}")
  foreach(entry bash:lull:bash-completion/completions zsh:_lull:zsh/site-functions
                fish:lull.fish:fish/vendor_completions.d)
    string(REPLACE ":" ";" entry "${entry}")
    list(GET entry 0 shell)
    list(GET entry 1 file)
    list(GET entry 2 place)
    add_custom_command(OUTPUT "${completions}/${file}"
      COMMAND lull completion ${shell} > "${completions}/${file}"
      DEPENDS lull
      COMMENT "Completions for ${shell}")
    list(APPEND completion_files "${completions}/${file}")
    install(FILES "${completions}/${file}"
      DESTINATION "${CMAKE_INSTALL_DATADIR}/${place}" COMPONENT lull)
  endforeach()
  add_custom_target(completions ALL DEPENDS ${completion_files})
  add_dependencies(programs completions)
endif()
# The manual (packaging/manual) is written by a tool of the build.
if(TARGET manual)
  install(FILES "${LULL_MANUAL_DIR}/lull.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT lull)
  install(FILES "${LULL_MANUAL_DIR}/lull.toml.5" DESTINATION "${CMAKE_INSTALL_MANDIR}/man5" COMPONENT lull)
  if(TARGET lull-popover)
    install(FILES "${LULL_MANUAL_DIR}/lull-popover.1"
      DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT lull)
  endif()
endif()
# The built-in rules are in the program; these are for people to read and to begin their own from.
set(system linux)
if(APPLE)
  set(system macos)
endif()
# One by one: of a directory that is missing CMake would install nothing, and not say so.
file(GLOB rule_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/core/scan/rules/${system}/*.toml")
if(NOT rule_files)
  message(FATAL_ERROR "There are no rules in core/scan/rules/${system}.")
endif()
install(FILES ${rule_files}
  DESTINATION "${CMAKE_INSTALL_DATADIR}/lull/rules/${system}" COMPONENT lull)
install(FILES "${PROJECT_SOURCE_DIR}/core/scan/rules/WRITING.md"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT lull RENAME writing-rules.md)
foreach(page README.md ARCHITECTURE.md CHANGELOG.md LICENSE)
  install(FILES "${PROJECT_SOURCE_DIR}/${page}"
    DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT lull)
endforeach()
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  include(LullDesktop)
  if(LULL_PACKAGE)
    include(LullPackage)
  endif()
endif()
