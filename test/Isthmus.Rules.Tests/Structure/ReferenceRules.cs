namespace Isthmus.Rules.Tests.Structure;

/// <summary>Who may know whom. In C# folders are no walls; references are.</summary>
public sealed class ReferenceRules
{
    private static readonly string[] Engines =
        ["Isthmus.Fhir", "Isthmus.Hl7v2", "Isthmus.X12", "Isthmus.Cda", "Isthmus.Dicom", "Isthmus.Mapping", "Isthmus.Policy"];

    private static readonly string[] Zone = ["Isthmus.Exchange", "Isthmus.Store", "Isthmus.Trust", .. Engines];
    private static readonly string[] ZoneWithRecords = [.. Zone, "Isthmus.Records"];

    private static readonly Dictionary<string, string[]> MayReference = new(StringComparer.Ordinal)
    {
        ["Isthmus.Fhir"] = [],
        ["Isthmus.Fhir.Compiler"] = [],
        ["Isthmus.Hl7v2"] = [],
        ["Isthmus.X12"] = [],
        ["Isthmus.Cda"] = [],
        ["Isthmus.Dicom"] = [],
        ["Isthmus.Policy"] = [],
        ["Isthmus.Mapping"] = ["Isthmus.Hl7v2", "Isthmus.Fhir", "Isthmus.X12", "Isthmus.Cda", "Isthmus.Dicom"],
        ["Isthmus.Exchange"] = [],
        ["Isthmus.Store"] = [],
        ["Isthmus.Trust"] = ["Isthmus.Exchange", "Isthmus.Store", "Isthmus.Policy", "Isthmus.Fhir"],
        ["Isthmus.Records"] = ["Isthmus.Exchange", "Isthmus.Store", "Isthmus.Trust", "Isthmus.Fhir"],
        ["Isthmus.Governance"] = Zone,
        ["Isthmus.Inbound"] = Zone,
        ["Isthmus.Outbound"] = Zone,
        ["Isthmus.Mediation"] = ZoneWithRecords,
        ["Isthmus.Api"] = ZoneWithRecords,
        ["Isthmus.Workflow"] = ZoneWithRecords,

        // The counterparts are programs of other people: they know the product only by its protocols.
        ["Isthmus.Simulators"] = Engines,
    };

    [Fact]
    public void Projects_reference_only_what_the_architecture_allows()
    {
        var faults = Product.Projects
            .Where(project => project.Name != "Isthmus.Host") // composition: it may see everything
            .SelectMany(project => project.References
                .Except(MayReference.GetValueOrDefault(project.Name, []), StringComparer.Ordinal)
                .Select(reference => $"{project.Name} references {reference}"));

        Faults.AreNone(faults);
    }

    [Fact]
    public void Every_project_has_its_place_in_the_architecture() =>
        Faults.AreNone(Product.Projects.Select(project => project.Name).Except([.. MayReference.Keys, "Isthmus.Host"], StringComparer.Ordinal));

    [Fact]
    public void Engines_need_nothing_but_the_base_class_library()
    {
        var faults = Product.Projects.Where(project => project.IsEngine).SelectMany(project =>
            project.Packages.Except(project.Name == "Isthmus.Mapping" ? ["YamlDotNet"] : []).Concat(project.Frameworks).Select(package => $"{project.Name} needs {package}"));

        Faults.AreNone(faults);
    }

    [Fact]
    public void Every_project_has_a_test_project()
    {
        var tests = Product.Files
            .Where(file => file.Name.StartsWith("test/", StringComparison.Ordinal) && file.Name.EndsWith(".Tests.csproj", StringComparison.Ordinal))
            .Select(file => Path.GetFileNameWithoutExtension(file.Name));

        Faults.AreNone(Product.Projects.Select(project => project.Name + ".Tests").Except(tests, StringComparer.Ordinal));
    }
}
