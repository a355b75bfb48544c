using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Store.Schema;

/// <summary>One numbered SQL script of a module, embedded in its assembly as <c>Storage/Migrations/NNNN_name.sql</c>.</summary>
internal sealed record Migration(int Number, string Name, string Sql)
{
    private const string Folder = ".Storage.Migrations.";

    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>The scripts of all modules in the order of their numbers.</summary>
    /// <exception cref="InvalidOperationException">Two scripts have one number.</exception>
    public static IReadOnlyList<Migration> FromModules(IEnumerable<Assembly> modules)
    {
        var all = modules.Distinct().SelectMany(FromModule).OrderBy(m => m.Number).ToList();
        for (var i = 1; i < all.Count; i++)
        {
            if (all[i].Number == all[i - 1].Number)
            {
                throw new InvalidOperationException($"Migrations {all[i - 1].Name} and {all[i].Name} have the same number.");
            }
        }

        return all;
    }

    private static IEnumerable<Migration> FromModule(Assembly module)
    {
        foreach (var resource in module.GetManifestResourceNames())
        {
            var at = resource.IndexOf(Folder, StringComparison.Ordinal);
            if (at < 0 || !resource.EndsWith(".sql", StringComparison.Ordinal))
            {
                continue;
            }

            var name = resource[(at + Folder.Length)..^4];
            using var reader = new StreamReader(module.GetManifestResourceStream(resource)!, Encoding.UTF8);
            yield return new Migration(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, reader.ReadToEnd());
        }
    }
}
