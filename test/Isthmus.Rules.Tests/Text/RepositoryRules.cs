using System.Text.RegularExpressions;

namespace Isthmus.Rules.Tests.Text;

/// <summary>The repository says nothing about the machines it was made on, and holds no secrets.</summary>
public sealed partial class RepositoryRules
{
    private static readonly string[] NotText = [".png", ".jpg", ".ico", ".bin", ".gz", ".tgz", ".zip", ".woff2", ".dcm", ".pfx"];

    [Fact]
    public void No_file_names_a_folder_of_somebodys_machine() => AssertAbsent(MachinePath());

    [Fact]
    public void Locked_packages_name_no_registry()
    {
        // Each machine has its own mirror; the lock pins content by hash, not by host.
        var faults = Product.Files
            .Where(file => Path.GetFileName(file.Name) is "package-lock.json" or "packages.lock.json" or ".npmrc" || Path.GetFileName(file.Name).Equals("nuget.config", StringComparison.OrdinalIgnoreCase))
            .Where(file => file.Text.Contains("://", StringComparison.Ordinal))
            .Select(file => file.Name);

        Faults.AreNone(faults);
    }

    [Fact]
    public void No_private_key_is_committed() => AssertAbsent(PrivateKey());

    private static void AssertAbsent(Regex pattern) => Faults.AreNone(Product.Files
        .Where(file => !NotText.Contains(Path.GetExtension(file.Name)) && Path.GetFileName(file.Name) != "RepositoryRules.cs")
        .SelectMany(file => pattern.Matches(file.Text).Select(match => $"{file.At(match.Index)}: {match.Value}")));

    [GeneratedRegex(@"(?<![\w./-])/(work|root|home/\w+|Users/\w+|mnt/\w+|tmp/\w+)/|[A-Z]:\\\\?Users", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MachinePath();

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=]", RegexOptions.None, 1000)]
    private static partial Regex PrivateKey();
}
