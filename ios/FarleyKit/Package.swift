// swift-tools-version: 6.0
import PackageDescription

// On Linux the package is proven: views compile against Verify/SwiftUI, and everything links the host's build of the
// Rust core. On a Mac it is built for phones from the XCFramework that ios/scripts/build-xcframework.sh makes.
#if os(Linux)
  import Foundation
  let library = ProcessInfo.processInfo.environment["FARLEY_LIB_DIR"] ?? "\(Context.packageDirectory)/../../target/lib"
  let ffi: Target = .systemLibrary(name: "FarleyFFI")
  let link: [LinkerSetting] = [
    .unsafeFlags(["-L\(library)", "-Xlinker", "-rpath=\(library)", "-Xlinker", "--allow-shlib-undefined"])
  ]
  let ui: [Target.Dependency] = ["FarleyKit", "SwiftUI"]
  let proofs: [Target] = [
    .target(name: "SwiftUI", path: "Verify/SwiftUI"),
    .executableTarget(
      name: "FarleyApp", dependencies: ["FarleyBindings", "FarleyKit", "FarleyUI", "SwiftUI"], path: "Verify/App",
      exclude: ["Assets.xcassets", "InfoPlist.xcstrings", "Localizable.xcstrings", "PrivacyInfo.xcprivacy"],
      linkerSettings: link),
    // The models behind a line protocol: `cargo xtask test company`.
    .executableTarget(
      name: "FarleyCompany", dependencies: ["FarleyBindings", "FarleyKit", "FarleyTestKit"], path: "Verify/Company",
      linkerSettings: link),
    // A visit that the tests kill at any step.
    .executableTarget(
      name: "FarleyVisit", dependencies: ["FarleyBindings", "FarleyKit", "FarleyTestKit"], path: "Verify/Visit",
      linkerSettings: link),
    .testTarget(
      name: "FarleyUITests", dependencies: ["FarleyKit", "FarleyUI", "SwiftUI", "FarleyTestKit"], linkerSettings: link),
  ]
#else
  let ffi: Target = .binaryTarget(name: "FarleyFFI", path: "FarleyFFI.xcframework")
  let link: [LinkerSetting] = []
  let ui: [Target.Dependency] = ["FarleyKit"]
  let proofs: [Target] = []
#endif

let package = Package(
  name: "FarleyKit",
  defaultLocalization: "en",
  platforms: [.iOS(.v17), .macOS(.v14)],
  products: [
    .library(name: "FarleyKit", targets: ["FarleyBindings", "FarleyKit", "FarleyUI"])
  ],
  targets: [
    ffi,
    // Swift 5 mode: in Swift 6 mode 6.0.3 aborts on the generated code of asynchronous foreign traits.
    .target(name: "FarleyBindings", dependencies: ["FarleyFFI"], swiftSettings: [.swiftLanguageMode(.v5)]),
    .target(name: "FarleyKit", dependencies: ["FarleyBindings"]),
    .target(name: "FarleyUI", dependencies: ui),
    .target(name: "FarleyTestKit", dependencies: ["FarleyBindings", "FarleyKit"], path: "Tests/FarleyTestKit"),
    .testTarget(
      name: "FarleyKitTests", dependencies: ["FarleyBindings", "FarleyKit", "FarleyTestKit"], linkerSettings: link),
  ] + proofs
)
