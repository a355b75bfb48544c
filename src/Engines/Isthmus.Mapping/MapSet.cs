using System.Security.Cryptography;
using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Mapping.Compiling;
using Isthmus.Mapping.Feeds;
using Isthmus.Mapping.Functions;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Reverse;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping;

/// <summary>
/// A site's maps and terminology, compiled: immutable and safe for all threads. Files are told apart by what they hold, not by
/// their names.
/// </summary>
public sealed class MapSet
{
    private readonly DisplayNames names;

    private MapSet(CompiledMaps maps, CompiledReverse reverse, DisplayNames names, string version, string terminologyVersion)
    {
        this.names = names;
        Maps = maps;
        Reverse = reverse;
        Version = version;
        TerminologyVersion = terminologyVersion;
    }

    /// <summary>The hash of every map and terminology file: equal versions translate equally.</summary>
    public string Version { get; }

    /// <summary>Each terminology table with the version it states: <c>units 1.0.0, …</c>.</summary>
    public string TerminologyVersion { get; }

    /// <summary>The message types that have a map, as <c>ORU_R01</c>.</summary>
    public IEnumerable<string> MessageTypes => Maps.Messages.Keys;

    /// <summary>The flat files and vendors' JSON that have a map.</summary>
    public IReadOnlyList<FeedMap> Feeds { get; private init; } = [];

    internal CompiledMaps Maps { get; }

    /// <summary>The maps of the other direction.</summary>
    internal CompiledReverse Reverse { get; }

    /// <summary>What the site's tables of codes call a code; null where none has it.</summary>
    /// <param name="system">As a message names it (HL7 table 0396), such as <c>LN</c>, or as a URI.</param>
    /// <param name="unit">The result's unit, empty for none: a local code may mean one thing or another by it.</param>
    /// <param name="source">Whose code it is.</param>
    public string? DisplayOf(string system, string code, string unit, string source) => names.Of(system, code, unit, source);

    /// <summary>Whether a vocabulary of the library or the site lists a code.</summary>
    public bool HasCode(string vocabulary, string code) => names.Lists(vocabulary, code);

    /// <summary>Reads, checks and compiles; reports every fault of every file at once.</summary>
    /// <param name="definitions">What elements, bindings and profiles are checked against; FHIR R4 where none are given.</param>
    public static MapLoadResult Load(IEnumerable<(string Path, ReadOnlyMemory<byte> Bytes)> mapAndTerminologyFiles, DefinitionSet? definitions = null)
    {
        var faults = new List<MapFault>();
        var texts = new MapTexts();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, bytes) in mapAndTerminologyFiles.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(path));
            hash.AppendData(bytes.Span);
            texts.Read(path, bytes, faults);
        }

        MapInheritance.Resolve(texts.Maps, faults);
        MapTexts.ReplaceInherited(texts.Maps, map => map.Name, map => map.Place);
        MapTexts.ReplaceInherited(texts.Parts, part => part.Name, part => part.Place);
        var maps = new MapCompiler(texts.Maps, texts.Terminology, ElementRules.Of(definitions ?? DefinitionSet.R4), faults);
        maps.CompileAll();
        var messages = new MessageSet(texts, maps, faults);
        var terminology = texts.Terminology;
        var reverse = texts.Reverse.Compile(terminology, faults);
        if (faults.Count > 0)
        {
            return new MapLoadResult(null, [.. faults.Distinct()]);
        }

        foreach (var feed in texts.Feeds)
        {
            feed.TakeRepeating(messages.ByType[FeedMap.TypeOf(feed.Name)]);
        }

        var version = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
        var tables = string.Join(", ", terminology.Versions.Select(table => $"{table.Key} {table.Value}"));
        return new MapLoadResult(
            new MapSet(
                new CompiledMaps { Messages = messages.ByType, Lookup = new MessageLookup(messages.ByType, messages.Default), Version = Encoding.ASCII.GetBytes(version), TerminologyVersion = Encoding.UTF8.GetBytes(tables) },
                reverse,
                new DisplayNames(terminology),
                version,
                tables)
            {
                Feeds = texts.Feeds,
            },
            faults);
    }

    public override string ToString() => $"MapSet({Version})";
}

/// <summary>The compiled set, or the faults that stand in its way.</summary>
public sealed record MapLoadResult(MapSet? Maps, IReadOnlyList<MapFault> Faults);
