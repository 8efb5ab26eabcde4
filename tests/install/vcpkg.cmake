# SPDX-License-Identifier: MIT OR Apache-2.0
# As much of vcpkg as our port calls, done by plain Meson and CMake:
#
#	cmake -DPORT_DIR=... -DWORK=... -DLINKAGE=static -DMESON=... -P vcpkg.cmake
#
# The port is then in WORK/packages, laid out as vcpkg wants it: debug/ beside the release,
# one folder of CMake files for both.
set(PORT libvbuf)
set(CURRENT_PACKAGES_DIR "${WORK}/packages")

function(execute)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGV}\n${said}")
  endif()
endfunction()

function(vcpkg_download_distfile result)
  cmake_parse_arguments(arg "" "URLS;FILENAME;SHA512" "" ${ARGN})
  file(DOWNLOAD "${arg_URLS}" "${WORK}/${arg_FILENAME}" EXPECTED_HASH SHA512=${arg_SHA512})
  set(${result} "${WORK}/${arg_FILENAME}" PARENT_SCOPE)
endfunction()

function(vcpkg_extract_source_archive result)
  cmake_parse_arguments(arg "" "ARCHIVE" "" ${ARGN})
  file(ARCHIVE_EXTRACT INPUT "${arg_ARCHIVE}" DESTINATION "${WORK}/source")
  file(GLOB folder "${WORK}/source/*") # the one in it
  set(${result} "${folder}" PARENT_SCOPE)
endfunction()

function(vcpkg_configure_meson)
  cmake_parse_arguments(arg "" "SOURCE_PATH" "OPTIONS" ${ARGN})
  set(common -Ddefault_library=${LINKAGE} -Doptimization=plain --libdir=lib --wrap-mode=nodownload)
  execute(${MESON} setup ${arg_OPTIONS} ${common} -Ddebug=false --prefix=${CURRENT_PACKAGES_DIR}
    ${WORK}/release ${arg_SOURCE_PATH})
  execute(${MESON} setup ${arg_OPTIONS} ${common} -Ddebug=true --prefix=${CURRENT_PACKAGES_DIR}/debug
    --includedir=../include ${WORK}/debug ${arg_SOURCE_PATH})
endfunction()

function(vcpkg_install_meson)
  execute(${MESON} install -C ${WORK}/release)
  execute(${MESON} install -C ${WORK}/debug)
endfunction()

# Debug's files say where debug is; the rest is the release's, from share/ now, which is
# nearer to the prefix.
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(arg "" "CONFIG_PATH" "" ${ARGN})
  set(share "${CURRENT_PACKAGES_DIR}/share/${PORT}")
  file(COPY "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}/" DESTINATION "${share}")
  file(GLOB places "${CURRENT_PACKAGES_DIR}/debug/${arg_CONFIG_PATH}/*-debug.cmake")
  foreach(place IN LISTS places)
    file(READ "${place}" text)
    string(REGEX REPLACE "(_IMPORT_PREFIX}/)(lib|bin)" "\\1debug/\\2" text "${text}")
    get_filename_component(name "${place}" NAME)
    file(WRITE "${share}/${name}" "${text}")
  endforeach()
  file(READ "${share}/${PORT}Config.cmake" text)
  string(REPLACE "(PACKAGE_PREFIX_DIR \"\${CMAKE_CURRENT_LIST_DIR}/../../..\" ABSOLUTE)"
    "(PACKAGE_PREFIX_DIR \"\${CMAKE_CURRENT_LIST_DIR}/../../\" ABSOLUTE)" text "${text}")
  file(WRITE "${share}/${PORT}Config.cmake" "${text}")
  file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/lib/cmake" "${CURRENT_PACKAGES_DIR}/debug/lib/cmake")
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(arg "" "COMMENT" "FILE_LIST" ${ARGN})
  file(WRITE "${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright" "${arg_COMMENT}\n")
  foreach(name IN LISTS arg_FILE_LIST)
    file(READ "${name}" text)
    file(APPEND "${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright" "${text}")
  endforeach()
endfunction()

function(vcpkg_fixup_pkgconfig)
endfunction()
function(vcpkg_copy_pdbs)
endfunction()

include("${PORT_DIR}/portfile.cmake")
