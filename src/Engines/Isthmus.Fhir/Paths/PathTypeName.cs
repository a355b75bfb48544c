namespace Isthmus.Fhir.Paths;

/// <summary>A type as <c>type()</c> tells it: <c>System.Integer</c>, <c>FHIR.Patient</c>.</summary>
internal sealed record PathTypeName(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}.{Name}";
}
