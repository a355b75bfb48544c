using System.Text.RegularExpressions;

namespace Isthmus.Rules.Tests.Structure;

/// <summary>Engines are pure: bytes in, values out. Time, resolvers and limits are arguments.</summary>
public sealed partial class EngineRules
{
    [Fact]
    public void Engines_do_no_input_or_output_and_read_no_clock()
    {
        var engines = Product.Projects.Where(project => project.IsEngine).Select(project => project.Folder + "/").ToArray();
        var faults = Product.Sources
            .Where(file => engines.Any(folder => file.Name.StartsWith(folder, StringComparison.Ordinal)))
            .SelectMany(file => Impure().Matches(file.Code).Select(match => $"{file.At(match.Index)} uses {match.Value}"));

        Faults.AreNone(faults);
    }

    [Fact]
    public void Engines_know_no_network_logging_or_host()
    {
        var names = Product.Projects.Where(project => project.IsEngine).Select(project => project.AssemblyName).ToHashSet(StringComparer.Ordinal);
        var faults = Product.Assemblies.Where(assembly => names.Contains(assembly.GetName().Name!)).SelectMany(assembly =>
            assembly.GetReferencedAssemblies()
                .Where(reference => reference.Name!.StartsWith("Microsoft.", StringComparison.Ordinal) || reference.Name.StartsWith("System.Net.", StringComparison.Ordinal)
                    || reference.Name is "System.Console" or "System.Diagnostics.Process")
                .Select(reference => $"{assembly.GetName().Name} references {reference.Name}"));

        Faults.AreNone(faults);
    }

    [GeneratedRegex(@"\b(File|Directory|Console|Environment|Process|Stopwatch|TimeProvider|HttpClient|Socket)\.|\bnew\s+(FileStream|HttpClient|Socket|Random)\b|\bDateTime(Offset)?\.(Utc)?Now\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Impure();
}
