using System.CommandLine;
using Isthmus.Host.Maps;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus map …</c>: maps checked, tried on their examples, and explained.</summary>
internal static class MapCommand
{
    public static Command Create() => new("map", "Check, test and understand maps.")
    {
        MapCheck.Create(Options.Site(), Options.Json()),
        MapTest.Create(Options.Site(), Options.Json()),
        MapExplain.Create(Options.Site(), Options.Json()),
        MapCoverage.Create(Options.Site(), Options.Json()),
        MapPreview.Create(Options.Site(), Options.Json()),
    };
}
