using Isthmus.Exchange;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

/// <summary>
/// Settings of <c>isthmus.yaml</c> from the environment: <c>ISTHMUS__listeners__lab__port=2575</c>. Two underscores
/// separate keys, one stands for the hyphen that shells do not allow, case does not matter. A name that leads to no
/// key of the file, and cannot be an optional one, is a fault.
/// </summary>
internal static class EnvironmentOverrides
{
    private const string Prefix = "ISTHMUS__";

    public static void Apply(YamlMap root, IReadOnlyDictionary<string, string> environment, List<SiteFault> faults)
    {
        foreach (var (name, value) in environment.Where(e => e.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)).OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            var keys = name[Prefix.Length..].Split("__").Select(k => k.Replace('_', '-').ToLowerInvariant()).ToArray();
            if (!TrySet(root, keys, value))
            {
                faults.Add(new SiteFault("environment", 0, SiteRules.Environment, $"{name} names no setting of isthmus.yaml."));
            }
        }
    }

    /// <summary>The last key may be new (an optional setting; the reader refuses it when it is none); those above must exist.</summary>
    private static bool TrySet(YamlMap map, ReadOnlySpan<string> keys, string value)
    {
        var wanted = keys[0];
        var key = map.Entries.Keys.FirstOrDefault(k => string.Equals(k, wanted, StringComparison.OrdinalIgnoreCase)) ?? wanted;
        if (keys.Length > 1)
        {
            return map.Entries.GetValueOrDefault(key) is YamlMap below && TrySet(below, keys[1..], value);
        }

        if (map.Entries.GetValueOrDefault(key) is YamlMap or YamlList || key.Length == 0)
        {
            return false;
        }

        map.Entries[key] = new YamlText(map.Line, value, Quoted: true);
        return true;
    }
}
