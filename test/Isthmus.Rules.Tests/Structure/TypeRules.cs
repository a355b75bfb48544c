using System.Reflection;
using System.Runtime.CompilerServices;

namespace Isthmus.Rules.Tests.Structure;

/// <summary>Sealed and internal by default; an interface only where there is something to choose.</summary>
public sealed class TypeRules
{
    /// <summary>
    /// How much of a zone must be its own business, in percent: it shows little more than its settings and its
    /// start. Engines, store and shared words exist to be used and are not asked.
    /// </summary>
    private const int LeastInternal = 60;

    private static readonly string[] Zones =
        ["Isthmus.Inbound", "Isthmus.Mediation", "Isthmus.Outbound", "Isthmus.Api", "Isthmus.Workflow", "Isthmus.Governance", "Isthmus.Simulators", "isthmus"];

    [Fact]
    public void Every_concrete_class_is_sealed()
    {
        var open = Product.Assemblies.SelectMany(Written)
            .Where(type => type is { IsClass: true, IsAbstract: false, IsSealed: false })
            .Select(type => type.FullName!);

        Faults.AreNone(open);
    }

    [Fact]
    public void Most_of_a_zone_is_internal()
    {
        var faults = Product.Assemblies
            .Where(assembly => Zones.Contains(assembly.GetName().Name))
            .Select(assembly => (assembly.GetName().Name, Types: Written(assembly).Where(type => !type.IsNested).ToArray()))
            .Where(assembly => assembly.Types.Length > 0)
            .Select(assembly => (assembly.Name, Share: 100 * assembly.Types.Count(type => type.IsNotPublic) / assembly.Types.Length))
            .Where(assembly => assembly.Share < LeastInternal)
            .Select(assembly => $"{assembly.Name}: {assembly.Share} % internal");

        Faults.AreNone(faults);
    }

    [Fact]
    public void No_interface_merely_mirrors_a_class()
    {
        var types = Product.Assemblies.SelectMany(Written).ToArray();
        var names = types.Where(type => type.IsClass).Select(type => type.Name).ToHashSet(StringComparer.Ordinal);

        Faults.AreNone(types.Where(type => type.IsInterface && type.Name.StartsWith('I') && names.Contains(type.Name[1..])).Select(type => type.FullName!));
    }

    [Fact]
    public void An_internal_interface_has_more_than_one_implementation()
    {
        var faults = Product.Assemblies.SelectMany(assembly =>
        {
            var types = Written(assembly).ToArray();
            return types
                .Where(type => type is { IsInterface: true, IsVisible: false } && types.Count(other => !other.IsInterface && Implements(other, type)) < 2)
                .Select(type => type.FullName!);
        });

        Faults.AreNone(faults);
    }

    private static bool Implements(Type type, Type contract) =>
        type.GetInterfaces().Any(implemented => implemented == contract || (implemented.IsGenericType && implemented.GetGenericTypeDefinition() == contract));

    /// <summary>The types somebody wrote, without those of the compiler and of source generators.</summary>
    private static IEnumerable<Type> Written(Assembly assembly) => assembly.GetTypes()
        .Where(type => !type.Name.Contains('<', StringComparison.Ordinal)
            && type.Name != "Program"
            && type.Namespace?.StartsWith("Isthmus", StringComparison.Ordinal) == true
            && type.GetCustomAttribute<CompilerGeneratedAttribute>() is null);
}
