# SPDX-License-Identifier: MIT OR Apache-2.0
vcpkg_download_distfile(ARCHIVE
  URLS "@URL@"
  FILENAME "@TARBALL@"
  SHA512 @SHA512@)
vcpkg_extract_source_archive(SOURCE_PATH ARCHIVE "${ARCHIVE}")

# default_library comes from the triplet.
vcpkg_configure_meson(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    -Dtests=disabled
    -Dbench=disabled
    -Dexamples=disabled
    -Ddocs=disabled)
vcpkg_install_meson()

vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/libvbuf)
vcpkg_fixup_pkgconfig()
vcpkg_copy_pdbs()

file(REMOVE_RECURSE
  "${CURRENT_PACKAGES_DIR}/debug/include"
  "${CURRENT_PACKAGES_DIR}/debug/share"
  "${CURRENT_PACKAGES_DIR}/share/doc")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(
  COMMENT "Either licence, whichever you like better."
  FILE_LIST "${SOURCE_PATH}/LICENSE-MIT" "${SOURCE_PATH}/LICENSE-APACHE")
