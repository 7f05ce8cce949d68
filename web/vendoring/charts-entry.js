// What the pages draw with: only these parts of ECharts go into the bundle.
import * as core from "echarts/core";
import { BarChart, BoxplotChart, CustomChart, HeatmapChart, LineChart, PieChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent, DatasetComponent, GraphicComponent, GridComponent, LegendComponent, MarkAreaComponent,
  MarkLineComponent, TitleComponent, TooltipComponent, VisualMapComponent,
} from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import chinese from "echarts/i18n/langZH-obj.js";

core.use([
  BarChart, BoxplotChart, CustomChart, HeatmapChart, LineChart, PieChart, ScatterChart,
  AriaComponent, DatasetComponent, GraphicComponent, GridComponent, LegendComponent, MarkAreaComponent,
  MarkLineComponent, TitleComponent, TooltipComponent, VisualMapComponent, SVGRenderer,
]);
core.registerLocale("ZH", chinese);

export const init = core.init;
export const dispose = core.dispose;
export const getInstanceByDom = core.getInstanceByDom;
