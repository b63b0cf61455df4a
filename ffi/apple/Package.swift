// swift-tools-version:5.9
// The Swift API, on the XCFramework that build-xcframework.sh makes of the Rust library.

import PackageDescription

let package = Package(
    name: "Moretta",
    platforms: [.iOS(.v15)],
    products: [
        .library(name: "Moretta", targets: ["Moretta"]),
    ],
    targets: [
        // The library and its header, whose module map calls it CMoretta.
        .binaryTarget(name: "CMoretta", path: "build/CMoretta.xcframework"),
        .target(
            name: "Moretta",
            dependencies: ["CMoretta"],
            path: ".",
            exclude: ["Sample", "build", "build-xcframework.sh"],
            sources: ["Sources/Moretta"],
            resources: [.copy("PrivacyInfo.xcprivacy")],
            linkerSettings: [
                .linkedFramework("CoreMedia"),
                .linkedFramework("CoreVideo"),
                .linkedFramework("Foundation"),
                .linkedFramework("Metal"),
                .linkedFramework("QuartzCore"),
            ]
        ),
    ]
)
