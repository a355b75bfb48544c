using System.Text;
using Isthmus.Fhir.Units;
using Isthmus.Mapping.Language;
using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Terminology;

/// <summary>Reads terminology files, the library's before the site's: CSV tables with <c># table:</c>, <c># kind:</c> and <c># version:</c> lines, and the naming of systems in YAML.</summary>
internal static class TerminologyReader
{
    public static void ReadCsv(string path, ReadOnlyMemory<byte> bytes, TerminologySet into, List<MapFault> faults)
    {
        var text = Encoding.UTF8.GetString(bytes.Span).TrimStart('\uFEFF');
        var table = CsvText.Header(text, "table");
        var kind = CsvText.Header(text, "kind");
        var version = CsvText.Header(text, "version");
        if (table is null || kind is null || version is null)
        {
            faults.Add(new MapFault(path, 1, MapRules.Version, "A terminology table begins with '# table:', '# kind:' and '# version:'."));
            return;
        }

        into.State(table, version);
        var rows = CsvText.Rows(text);
        using var row = rows.GetEnumerator();
        if (!row.MoveNext())
        {
            return;
        }

        var columns = row.Current.Cells;
        var wanted = kind switch
        {
            "vocabulary" => (string[])["vocabulary", "code", "target", "system", "display"],
            "codes" => ["system", "code", "unit", "target", "targetsystem", "display"],
            "units" => ["spelling", "ucum"],
            _ => [],
        };
        if (wanted.Length == 0 || !columns.SequenceEqual(wanted))
        {
            faults.Add(new MapFault(path, row.Current.Line, MapRules.Terminology, $"A table of kind '{kind}' has the columns {string.Join(',', wanted)}; kinds are vocabulary, codes and units."));
            return;
        }

        if (kind == "codes")
        {
            // A table without rows is one that a site may fill.
            into.TranslationOf(table);
        }

        while (row.MoveNext())
        {
            var (line, cells) = row.Current;
            if (cells.Count != columns.Count)
            {
                faults.Add(new MapFault(path, line, MapRules.Terminology, $"This row has {cells.Count} cells; the table has {columns.Count} columns."));
            }
            else if (kind == "units" && UcumUnit.Read(cells[1]).Fault is { } fault)
            {
                faults.Add(new MapFault(path, line, MapRules.Terminology, $"This is not a UCUM code: {fault.Message}"));
            }
            else if (!Add(into, table, kind, cells, (MapLibrary.Holds(path), $"{table} {version}")))
            {
                faults.Add(new MapFault(path, line, MapRules.DuplicateName, "The table says already what this code means there."));
            }
        }
    }

    public static void ReadYaml(YamlText file, YamlMappingNode root, TerminologySet into)
    {
        file.AllowOnly(root, "systems", "version", "localBase", "codingSystems", "authorities");
        into.State(file.Required(root, "systems"), file.Required(root, "version"));
        if (file.Text(root, "localBase") is { } local)
        {
            into.LocalBase = Encoding.UTF8.GetBytes(local);
        }

        Names(file, root, "codingSystems", into.Systems);
        Names(file, root, "authorities", into.Authorities);
    }

    private static bool Add(TerminologySet into, string table, string kind, IReadOnlyList<string> cells, (bool Inherited, string Table) layer) => kind switch
    {
        "vocabulary" => into.VocabularyOf(cells[0]).Add(cells[1], Of(cells[2], cells[3], cells[4], layer)),
        "codes" => into.TranslationOf(table).Add(cells[0], cells[1], cells[2], Of(cells[3], cells[4], cells[5], layer)),
        _ => into.Units.Add(cells[0], Of(cells[1], "http://unitsofmeasure.org", string.Empty, layer)),
    };

    private static Coded Of(string code, string system, string display, (bool Inherited, string Table) layer) =>
        new(Encoding.UTF8.GetBytes(code), Encoding.UTF8.GetBytes(system), Encoding.UTF8.GetBytes(display), layer.Inherited, layer.Table);

    private static void Names(YamlText file, YamlMappingNode root, string key, CodeTable into)
    {
        if (YamlText.Child(root, key) is not YamlMappingNode names)
        {
            if (YamlText.Child(root, key) is { } other)
            {
                file.Fault(other, MapRules.Yaml, $"'{key}:' is a mapping of names to URIs.");
            }

            return;
        }

        var layer = (MapLibrary.Holds(file.Path), $"{file.Text(root, "systems")} {file.Text(root, "version")}");
        foreach (var (name, uri) in names.Children)
        {
            if (name is not YamlScalarNode { Value: { } from } || uri is not YamlScalarNode { Value: { } to } || !into.Add(from, Of(to, string.Empty, string.Empty, layer)))
            {
                file.Fault(name, MapRules.DuplicateName, "Each name stands once, with its URI.");
            }
        }
    }
}
