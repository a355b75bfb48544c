using System.Security.Cryptography;
using System.Text;
using Isthmus.Mapping.Compiling;
using Isthmus.Mapping.Language;
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

    private MapSet(CompiledMaps maps, DisplayNames names, string version, string terminologyVersion)
    {
        this.names = names;
        Maps = maps;
        Version = version;
        TerminologyVersion = terminologyVersion;
    }

    /// <summary>The hash of every map and terminology file: equal versions translate equally.</summary>
    public string Version { get; }

    /// <summary>Each terminology table with the version it states: <c>units 1.0.0, …</c>.</summary>
    public string TerminologyVersion { get; }

    /// <summary>The message types that have a map, as <c>ORU_R01</c>.</summary>
    public IEnumerable<string> MessageTypes => Maps.Messages.Keys;

    internal CompiledMaps Maps { get; }

    /// <summary>What the site's tables of codes call a code; null where none has it.</summary>
    /// <param name="system">As a message names it (HL7 table 0396), such as <c>LN</c>, or as a URI.</param>
    public string? DisplayOf(string system, string code) => names.Of(system, code);

    /// <summary>Reads, checks and compiles; reports every fault of every file at once.</summary>
    public static MapLoadResult Load(IEnumerable<(string Path, ReadOnlyMemory<byte> Bytes)> mapAndTerminologyFiles)
    {
        var faults = new List<MapFault>();
        var terminology = new TerminologySet();
        var maps = new List<MapText>();
        var messages = new List<MessageText>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, bytes) in mapAndTerminologyFiles.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(path));
            hash.AppendData(bytes.Span);
            if (path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            {
                TerminologyReader.ReadCsv(path, bytes, terminology, faults);
            }
            else if (path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase))
            {
                ReadYaml(path, bytes, terminology, maps, messages, faults);
            }
        }

        ReplaceInherited(maps, map => map.Name, map => map.Path);
        ReplaceInherited(messages, message => message.Name, message => message.Path);
        var compiler = new MapCompiler(maps, terminology, faults);
        compiler.CompileAll();
        var compiled = new Dictionary<string, MessageMap>(StringComparer.Ordinal);
        MessageMap? fallback = null;
        var taken = messages.Where(message => !MapLibrary.Holds(message.Path)).SelectMany(message => message.For.Prepend(message.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            var map = new MessageCompiler(message, compiler, faults).Compile();
            fallback = message.IsDefault ? map : fallback;
            foreach (var type in message.For.Prepend(message.Name).Distinct(StringComparer.Ordinal))
            {
                if (MapLibrary.Holds(message.Path) && taken.Contains(type))
                {
                    continue;
                }

                if (!compiled.TryAdd(type, map))
                {
                    faults.Add(new MapFault(message.Path, message.Line, MapRules.DuplicateName, $"'{type}' has a message map already."));
                }
            }
        }

        if (faults.Count > 0)
        {
            return new MapLoadResult(null, faults);
        }

        var version = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
        var tables = string.Join(", ", terminology.Versions.Select(table => $"{table.Key} {table.Value}"));
        return new MapLoadResult(
            new MapSet(
                new CompiledMaps { Messages = compiled, Default = fallback, Version = Encoding.ASCII.GetBytes(version), TerminologyVersion = Encoding.UTF8.GetBytes(tables) },
                new DisplayNames(terminology),
                version,
                tables),
            faults);
    }

    public override string ToString() => $"MapSet({Version})";

    /// <summary>A site's map takes the place of the library's of the same name.</summary>
    private static void ReplaceInherited<T>(List<T> all, Func<T, string> nameOf, Func<T, string> pathOf)
    {
        var own = all.Where(item => !MapLibrary.Holds(pathOf(item))).Select(nameOf).ToHashSet(StringComparer.Ordinal);
        all.RemoveAll(item => MapLibrary.Holds(pathOf(item)) && own.Contains(nameOf(item)));
    }

    private static void ReadYaml(string path, ReadOnlyMemory<byte> bytes, TerminologySet terminology, List<MapText> maps, List<MessageText> messages, List<MapFault> faults)
    {
        var file = new YamlText(path, faults);
        if (file.Read(bytes) is not { } root)
        {
            return;
        }

        if (YamlText.Text(root, "version") is null)
        {
            file.Fault(root, MapRules.Version, "A map or terminology file states its 'version:'.");
        }

        if (YamlText.Text(root, "systems") is not null)
        {
            TerminologyReader.ReadYaml(file, root, terminology);
        }
        else if (YamlText.Text(root, "message") is not null)
        {
            messages.Add(MessageText.Of(file, root));
        }
        else if (YamlText.Text(root, "map") is not null)
        {
            maps.AddRange(Of(file, root));
        }
        else if (YamlText.Child(root, "maps") is not null)
        {
            file.AllowOnly(root, "maps", "version", "note");
            maps.AddRange(file.Items(root, "maps").SelectMany(item => Of(file, item)));
        }
        else
        {
            file.Fault(root, MapRules.MissingKey, "A file holds 'map:', 'maps:', 'message:' or 'systems:'.");
        }
    }

    private static IEnumerable<MapText> Of(YamlText file, YamlDotNet.RepresentationModel.YamlMappingNode node) =>
        MapText.Of(file, node) is { } map ? [map] : [];
}

/// <summary>The compiled set, or the faults that stand in its way.</summary>
public sealed record MapLoadResult(MapSet? Maps, IReadOnlyList<MapFault> Faults);
